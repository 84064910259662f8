// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Digests
public import HTTPTypes
public import Kinship

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// LoopBack's access tokens: rows of the model `AccessToken`.
///
/// The token is the first of these that is there: the parameter `access_token`, the headers `X-Access-Token` and `Authorization` (the token
/// alone, or behind `Bearer` or `Basic`, as it is or in base64), and cookies that are signed, where there is a secret for them. One that is unknown,
/// or whose user is gone, is nobody's. One that is over ends the request with `INVALID_TOKEN`, and is deleted.
public struct AccessTokenAuthenticator: Authenticator {
    private let token: Table
    private var user: Table?
    private let cookieSecret: [UInt8]?
    /// The model of users that it was told; none where a service says it.
    public let userModels: Set<String>

    private struct Table: Sendable {
        let model: Model

        var sql: SQL { "\(identifier: model.tableSchema, model.table)" }
        func column(_ alias: String, _ name: String) -> SQL? {
            model.property(name).map { "\(identifier: alias, $0.column)" }
        }
    }

    /// nil where the schema has no such model.
    ///
    /// - Parameters:
    ///   - userModel: the model of users; nil for that of the service's ``AccessControl``.
    ///   - cookieSecret: what cookies are signed with, as Express does it; nil for no cookies.
    public init?(
        _ schema: Schema, userModel: String? = nil, cookieSecret: String? = nil
    ) {
        guard let model = schema.model("AccessToken"), model.isPersisted, model.primaryKey.count == 1,
            ["ttl", "created", "userId"].allSatisfy({ model.property($0) != nil })
        else { return nil }
        token = Table(model: model)
        let known = userModel ?? schema.models.first { $0.definition.base == "User" && $0.isPersisted }?.name ?? "User"
        user = Self.users(known, schema)
        userModels = userModel.map { [$0] } ?? []
        self.cookieSecret = cookieSecret.map { Array($0.utf8) }
    }

    private static func users(_ name: String, _ schema: Schema) -> Table? {
        schema.model(name).flatMap { $0.isPersisted && $0.primaryKey.count == 1 ? Table(model: $0) : nil }
    }

    private var allowsEternal: Bool {
        user?.model.definition.settings.last { $0.key == "allowEternalTokens" }?.value == .bool(true)
    }

    /// The same for users of a model, unless it was told of one.
    public func takingUsers(of model: String, in schema: Schema) -> any Authenticator {
        guard userModels.isEmpty else { return self }
        var other = self
        other.user = Self.users(model, schema)
        return other
    }

    /// Who has the token.
    ///
    /// - Throws: ``RESTError`` `INVALID_TOKEN` for one that is over; what the database throws.
    /// - Note: One statement for each spelling that a token can have, one for nearly all; none without a token.
    public func identity(of request: HTTPRequest, query: QueryString?, in database: Database) async throws -> Identity?
    {
        for candidate in candidates(request, query)
        where !candidate.isEmpty && candidate.utf8.count <= 1_024 && !candidate.utf8.contains(0) {
            if let identity = try await identity(of: candidate, in: database) { return identity }
        }
        return nil
    }

    private func identity(of text: String, in database: Database) async throws -> Identity? {
        guard let key = token.model.primaryKey.first,
            let ttl = token.column("t", "ttl"), let created = token.column("t", "created"),
            let userId = token.column("t", "userId"), let userType = token.model.property("userId")?.columnType
        else { return nil }
        let property = token.model.properties[key]
        let column: SQL = "\(identifier: "t", property.column)"
        // As it is, where it is text, for the index to serve.
        let id: SQL = property.columnType.isText ? column : "\(column)::text"
        let isThere: SQL =
            if let user, let key = user.model.primaryKey.first {
                Self.isThere(user, user.model.properties[key], userId, userType)
            } else { "false" }
        let found = try await database.pool.execute(
            """
            SELECT \(userId)::text, to_jsonb("t")->>'appid', to_jsonb("t")->>'appId', to_jsonb("t")->>'scopes', \(ttl)::float8, \
            extract(epoch FROM now() - \(created))::float8, \(isThere) FROM \(token.sql) AS "t" WHERE \(id) = \(text)
            """)
        guard let row = found.first else { return nil }
        let (seconds, age) = (try row.decode(Double?.self, at: 4), try row.decode(Double?.self, at: 5))
        let isEternal = seconds == -1 && allowsEternal
        guard isEternal || isGood(seconds, age) else {
            try await database.pool.execute("DELETE FROM \(token.sql) AS \"t\" WHERE \(id) = \(text)")
            throw RESTError(.invalidToken, "The access token is over; log in once more.")
        }
        let person = try row.decode(String?.self, at: 0)
        let application = try row.decode(String?.self, at: 1) ?? row.decode(String?.self, at: 2)
        // Whose user is gone is nobody.
        if person != nil, try !row.decode(Bool.self, at: 6) { return nil }
        return Identity(
            user: person, application: application, scopes: Self.scopes(try row.decode(String?.self, at: 3)),
            token: text, expiry: isEternal ? nil : Self.expiry(seconds, age))
    }

    private static func expiry(_ seconds: Double?, _ age: Double?) -> ContinuousClock.Instant? {
        guard let seconds, let age else { return nil }
        return Identity.expiry(inSeconds: seconds - age)
    }

    /// That there is a user with a key. Of one number there are several texts, where one of the columns has a scale.
    private static func isThere(_ user: Table, _ key: Property, _ userId: SQL, _ type: ColumnType) -> SQL {
        func isExact(_ type: ColumnType) -> Bool { type.isInteger || type.category == .numeric }
        let areNumbers = isExact(key.columnType) && isExact(type) && !(key.columnType.isInteger && type.isInteger)
        let common: SQL = areNumbers ? "numeric" : "text"
        return
            "EXISTS (SELECT FROM \(user.sql) AS \"u\" WHERE \(identifier: "u", key.column)::\(common) = \(userId)::\(common))"
    }

    private func isGood(_ seconds: Double?, _ age: Double?) -> Bool {
        guard let seconds, let age, seconds > 0 else { return false }
        return age < seconds
    }

    /// What the token is for; what can't be read is for nothing.
    private static func scopes(_ text: String?) -> Set<String> {
        guard let text, !text.isEmpty else { return ["DEFAULT"] }
        guard let elements = (try? JSONValue(parsing: text))?.elements else { return [] }
        return elements.isEmpty ? ["DEFAULT"] : Set(elements.compactMap(\.text))
    }

    // MARK: Where it stands

    /// What the token may be.
    private func candidates(_ request: HTTPRequest, _ query: QueryString?) -> [String] {
        // What is there but empty ends the search, as in LoopBack.
        if let given = query?["access_token"] { return [given.word ?? ""] }
        let fields = request.headerFields
        if let text = HTTPField.Name("X-Access-Token").flatMap({ fields[$0] }), !text.isEmpty { return [text] }
        if let text = fields[.authorization], !text.isEmpty { return Self.spellings(text) }
        return cookie(fields).map { [$0] } ?? []
    }

    /// What a header can mean.
    private static func spellings(_ text: String) -> [String] {
        let parts = text.split(separator: " ", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
        guard parts.count == 2 else { return [text] }
        let decoded = Data(base64Encoded: parts[1]).flatMap { String(data: $0, encoding: .utf8) }
        switch parts[0] {
        case "Bearer": return [decoded, parts[1]].compactMap { $0 }
        case "Basic":
            guard let decoded else { return [] }
            let halves = decoded.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
            return [halves.max { $0.utf8.count < $1.utf8.count }.map(String.init) ?? decoded]
        default: return [text]
        }
    }

    /// The token of a cookie whose signature is right.
    private func cookie(_ fields: HTTPFields) -> String? {
        guard let cookieSecret else { return nil }
        let cookies = fields[values: .cookie].joined(separator: ";").split(separator: ";").map {
            $0.drop { $0 == " " }.split(separator: "=", maxSplits: 1)
        }
        for name in ["access_token", "authorization"] {
            guard let value = cookies.first(where: { $0.first.map { $0 == name } == true && $0.count == 2 })?[1],
                let text = try? RoutePath.decoded(value), text.hasPrefix("s:"),
                let dot = text.lastIndex(of: ".")
            else { continue }
            let token = String(text[text.index(text.startIndex, offsetBy: 2)..<dot])
            var given = String(text[text.index(after: dot)...])
            while given.utf8.count % 4 != 0 { given += "=" }
            let code = SHA256.authenticationCode(Array(token.utf8), key: cookieSecret)
            guard let signature = Data(base64Encoded: given), signature.count == code.count else { continue }
            // In the same time for any signature.
            if zip(signature, code).reduce(UInt8(0), { $0 | ($1.0 ^ $1.1) }) == 0 { return token }
        }
        return nil
    }
}

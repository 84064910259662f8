// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import KinshipSchema

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// JSON Web Tokens (RFC 7519) of an issuer whose keys are known, as requests carry them behind `Authorization: Bearer`.
///
/// ```swift
/// let keys = try JWTKeySet([JWTKey(pem: text)])
/// var tokens = JWTAuthenticator(keys, issuer: "https://login.example", audience: "shop")
/// tokens.rolesClaim = "roles"
/// var options = RESTOptions()
/// options.access = AccessControl(userModel: "Account", authenticator: tokens)
/// ```
///
/// A token that can't be read, wasn't signed with one of the keys, is over, or is another's ends the request: `INVALID_TOKEN`, 401, with
/// `WWW-Authenticate: Bearer error="invalid_token"`. It is believed once its signature is found right, and only an algorithm that is its key's own
/// is looked at. A request without a token is nobody's in particular. Whether there is still such a user isn't looked up: tokens count until they
/// are over. Put it in an `AuthenticatorChain` with others.
public struct JWTAuthenticator: Authenticator {
    /// Whose tokens count (`iss`); empty for those of anybody who has a key.
    public var issuers: Set<String>
    /// For whom a token has to be (`aud`), one of these; empty for tokens that don't say. One that says so is refused then: it is for somebody else.
    public var audiences: Set<String>
    /// The algorithms that count, of those that the keys are for; nil for all.
    public var algorithms: Set<JWTAlgorithm>?
    /// The types that a token may have (`typ`), if it has one, without `application/`. An issuer's tokens for other purposes have others.
    public var types: Set<String> = ["JWT", "at+jwt"]
    /// How far clocks may differ.
    public var leeway = Duration.seconds(30)
    /// Whether a token has to say when it ends (`exp`).
    public var requiresExpiration = true
    /// The claim with the user's key, a text or a number that the key of the users' model can be.
    public var userClaim: JWTClaim = "sub"
    /// The claim with the user's roles, a list or a text with spaces; nil where tokens say nothing of roles. Names that begin with `$` are no roles.
    public var rolesClaim: JWTClaim?
    /// The model of the users; nil for that of the service's `AccessControl`, which says it for all. A service with another one offers nothing.
    public var userModel: String?
    /// Where a token may stand; a request has it in one place.
    public var places: Set<JWTPlace> = [.authorization]
    /// How many bytes a token may have.
    public var maximumBytes = 16_384

    private let keys: any JWTKeySource
    private let now: @Sendable () -> Double

    /// Tokens that were signed with a key.
    ///
    /// - Parameters:
    ///   - issuer: whose tokens count; nil for those of anybody who has a key.
    ///   - audience: for whom they have to be; nil for tokens that don't say.
    public init(_ keys: any JWTKeySource, issuer: String?, audience: String?) {
        self.init(keys, issuer: issuer, audience: audience) { Date().timeIntervalSince1970 }
    }

    init(_ keys: any JWTKeySource, issuer: String?, audience: String?, now: @escaping @Sendable () -> Double) {
        self.keys = keys
        self.now = now
        issuers = issuer.map { [$0] } ?? []
        audiences = audience.map { [$0] } ?? []
    }

    /// What clients are asked for: `Bearer`.
    public var challenge: String? { "Bearer" }

    /// ``userModel``, where it is set.
    public var userModels: Set<String> { userModel.map { [$0] } ?? [] }

    /// The same for users of a model, unless ``userModel`` says another.
    public func takingUsers(of model: String, in schema: Schema) -> any Authenticator {
        var other = self
        other.userModel = userModel ?? model
        return other
    }

    /// Who has the token; nil where there is none.
    ///
    /// - Throws: `RESTError` `INVALID_TOKEN`; ``JWTError`` `JWT_KEYS_UNAVAILABLE`.
    /// - Note: No statement.
    public func identity(of request: HTTPRequest, query: QueryString?, in database: Database) async throws -> Identity?
    {
        do {
            guard let text = try token(request, query) else { return nil }
            return try await identity(of: text, in: database.schema)
        } catch let fault as TokenFault {
            throw fault.error
        }
    }

    func identity(of text: String, in schema: Schema) async throws -> Identity {
        let token = try SignedToken(text, .init(bytes: maximumBytes, types: types, algorithms: algorithms))
        // One issuer's trouble is not another one's.
        guard !token.isForeign(to: issuers) else { throw TokenFault("it is another issuer's") }
        let claims = try await claims(of: token)
        let seconds = Double(leeway.components.seconds) + Double(leeway.components.attoseconds) * 1e-18
        let check = ClaimCheck(
            issuers: issuers, audiences: audiences, leeway: max(0, seconds), requiresExpiration: requiresExpiration)
        let now = now()
        try check.check(claims, now: now)
        guard let user = UserKeyText.text(userClaim.value(in: claims), of: schema.people(named: userModel)) else {
            throw TokenFault("its \(userClaim) is no key that a user can have")
        }
        let expiry = try check.end(of: claims).flatMap { Identity.expiry(inSeconds: $0 - now) }
        return Identity(user: user, roles: try roles(claims), claims: claims, expiry: expiry)
    }

    /// What it claims, once one of the keys is found to have signed it.
    private func claims(of token: SignedToken) async throws -> JSONValue {
        let known = try await keys.currentKeys()
        if let claims = try token.claims(by: try Self.candidates(known, token)) { return claims }
        let other: JWTKeySet?
        if let id = token.keyID, !known.knows(id) {
            other = try await keys.currentKeys(lacking: id)
        } else {
            other = try await keys.currentKeys(insteadOf: known)
        }
        guard let other, let claims = try token.claims(by: try Self.candidates(other, token)) else {
            throw TokenFault("no key that is known has signed it")
        }
        return claims
    }

    private static func candidates(_ keys: JWTKeySet, _ token: SignedToken) throws(TokenFault) -> [JWTKey] {
        guard let found = keys.candidates(token.keyID, token.algorithm) else {
            throw TokenFault("it doesn't say which of many keys is its own")
        }
        return found
    }

    /// The token, behind the scheme's name.
    private func token(_ request: HTTPRequest, _ query: QueryString?) throws(TokenFault) -> String? {
        var found: [String] = []
        for text in request.headerFields[values: .authorization] where places.contains(.authorization) {
            let parts = text.split(separator: " ", maxSplits: 1)
            guard parts.first?.lowercased() == "bearer" else { continue }
            found.append(parts.count == 2 ? parts[1].drop { $0 == " " }.description : "")
        }
        if places.contains(.accessTokenHeader), let name = HTTPField.Name("X-Access-Token") {
            found += request.headerFields[values: name]
        }
        if places.contains(.accessTokenParameter), let given = query?["access_token"] {
            found.append(given.text ?? "")
        }
        guard found.count <= 1 else { throw TokenFault("there are several") }
        return found.first
    }

    private func roles(_ claims: JSONValue) throws(TokenFault) -> Set<String> {
        guard let rolesClaim, let value = rolesClaim.value(in: claims) else { return [] }
        var names: [String]
        switch value {
        case .string(let text): names = text.split(separator: " ").map(String.init)
        case .array(let list):
            names = list.compactMap(\.text)
            guard names.count == list.count else { throw TokenFault("its \(rolesClaim) are no texts") }
        case .null: names = []
        default: throw TokenFault("its \(rolesClaim) are no texts")
        }
        // What everybody, and whoever is known, may do isn't a token's to say.
        names.removeAll { $0.isEmpty || $0.hasPrefix("$") }
        return Set(names)
    }
}

// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Kinship

/// Logs users in and out, as LoopBack does.
struct UserHandler {
    let exchange: Exchange
    let rules: RequestRules
    private var session: Database { exchange.session }
    private var model: Model { exchange.model }

    func answer(_ operation: UserOperation) async throws -> Answer {
        guard rules.keeper.ownership.isUser(model) else {
            throw RESTError(.routeNotFound, "Nobody logs in as a \(model.name) here.")
        }
        switch operation {
        case .login: return try await login()
        case .logout: return try await logout()
        }
    }

    private func login() async throws -> Answer {
        let data = try await exchange.data()
        guard let hasher = exchange.settings.passwords.hasher else {
            throw PlannerError(.unsupported, "Nobody can log in here: nothing is set up to check passwords.")
        }
        let names = ["email", "username"].filter { data[$0].map { $0 != .null } ?? false }
        guard let name = names.first else {
            throw RESTError(.usernameEmailRequired, "username or email is required.")
        }
        // What takes an object for a value finds other users than the one that is meant.
        guard case .string(let given)? = data[name], case .string(let password)? = data["password"] else {
            throw RESTError(.loginFailed, "\(name) and password have to be text.")
        }
        // No name has a zero, and the database takes none.
        let found = given.utf8.contains(0) ? nil : try await user(name, given)
        // It takes as long for who isn't there.
        let hash: String
        if let found { hash = found.password } else { hash = try await rules.keeper.decoy.hash(hasher) }
        guard try await hasher.verify(password, hash), let found, found.isVerified else {
            throw RESTError(.loginFailed, "login failed")
        }
        return try await token(of: found.key, data)
    }

    private struct User {
        let key: String
        let password: String
        let isVerified: Bool
    }

    private func user(_ name: String, _ given: String) async throws -> User? {
        guard let column = model.primaryKey.first.map({ model.properties[$0].column }),
            let property = model.property(name), let password = model.property("password")
        else { return nil }
        let needsMail = model.definition.settings.last { $0.key == "emailVerificationRequired" }?.value == .bool(true)
        let verified: SQL =
            if needsMail, let property = model.property("emailVerified") {
                "coalesce(\(identifier: "u", property.column), false)"
            } else { "true" }
        let text: SQL = "\(identifier: "u", property.column)::text"
        let ignoresCase =
            name == "email"
            && model.definition.settings.last { $0.key == "caseSensitiveEmail" }?.value == .bool(false)
        var condition: SQL = ignoresCase ? "lower(\(text)) = lower(\(given))" : "\(text) = \(given)"
        // Where the request says whose users are meant, two tenants may have one of the name.
        if let tenant = try session.tenant(of: model) {
            let own: SQL = "\(identifier: "u", tenant.column)::text"
            condition = "\(condition) AND \(own) = \(tenant.text)"
        }
        let rows = try await session.pool.execute(
            """
            SELECT \(identifier: "u", column)::text, \(identifier: "u", password.column)::text, \(verified) \
            FROM \(identifier: model.tableSchema, model.table) AS "u" WHERE \(condition) ORDER BY \(identifier: "u", column) LIMIT 1
            """)
        guard let row = rows.first, let hash = try row.decode(String?.self, at: 1) else { return nil }
        let key: String = try row.decode(at: 0)
        // Tokens may keep it in a column of another type.
        return User(key: rules.keeper.spelling.spelled(key), password: hash, isVerified: try row.decode(at: 2))
    }

    private func token(of user: String, _ data: JSONValue) async throws -> Answer {
        let settings = model.definition.settings
        func seconds(_ name: String, _ usual: Int) -> Int {
            settings.last { $0.key == name }?.value.word.flatMap { Int($0) } ?? usual
        }
        let usual = seconds("ttl", 1_209_600)
        let wanted = data["ttl"]?.word.flatMap { Int($0) }.map { max(1, $0) } ?? usual
        var random = SystemRandomNumberGenerator()
        let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789")
        let id = String((0..<64).map { _ in alphabet[Int(random.next(upperBound: UInt(alphabet.count)))] })
        let made = try await session.ofAllTenants.create(
            "AccessToken",
            [
                "id": .string(id), "ttl": .number("\(min(wanted, seconds("maxTTL", 31_556_926)))"),
                "userId": .string(user),
            ])
        guard exchange.arguments.query["include"]?.word?.lowercased() == "user" else {
            return .json(try made.firstJSON())
        }
        // What they could read now.
        let own = rules.acting(as: user)
        // Whose they are nobody may have said before they logged in.
        let reached = try session.tenant(of: model) == nil ? session.ofAllTenants : session
        try await own.require(.findById, of: model, id: .string(user), from: model, in: reached)
        let shown = try await reached.showing(own.related(from: model)).findById(
            model.name, id: JSONValue.string(user)
        ).firstJSON()
        var members = try JSONValue(parsing: try made.firstJSON()).members ?? []
        members.append(.init("user", try JSONValue(parsing: shown, maximumDepth: 512)))
        return .json(JSONValue.object(members).bytes)
    }

    private func logout() async throws -> Answer {
        guard let token = rules.identity?.token else {
            throw RESTError(.authorizationRequired, "There is no token to give up.")
        }
        try await session.ofAllTenants.deleteById("AccessToken", id: JSONValue.string(token))
        return .noContent
    }
}

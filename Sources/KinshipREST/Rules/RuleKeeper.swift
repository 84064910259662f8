// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import HTTPTypes
import Kinship

/// Keeps a schema's rules: what is the same for all requests.
struct RuleKeeper: Sendable {
    let control: AccessControl
    let book: RuleBook
    let ownership: Ownership
    /// How keys of users are written.
    let spelling: UserKeySpelling
    let schema: Schema
    /// What is looked at where there is no such user.
    let decoy = DecoyHash()
    private let authenticator: (any Authenticator)?
    private let tables: AccessTables?
    /// What clients are asked for.
    var challenge: String? { authenticator?.challenge }
    /// What is wrong with rules and users.
    var problems: [String] {
        // Who may what is looked up for all tenants alike.
        let owned = schema.models.filter { model in
            model.tenant != nil && Self.tables.contains { $0 == model.name || $0 == model.definition.base }
        }
        return book.problems + (ownership.problem.map { [$0] } ?? []) + foreignUsers
            + owned.map { "\($0.name) says who may do what, for all tenants: it can't have a \"tenant\" itself." }
    }
    /// Where those who say who asks mean other people than the rules do.
    private var foreignUsers: [String] {
        guard ownership.problem == nil else { return [] }
        return (authenticator?.userModels ?? []).sorted().compactMap { name in
            guard schema.model(name).map({ ownership.isUser($0) }) != true else { return nil }
            let own = ownership.people.map { "those of \($0.name)" } ?? "nobody's"
            return
                "Tokens are for users of \(name), and rules for \(own): say the model once, as AccessControl's userModel."
        }
    }
    private static let tables = ["ACL", "Role", "RoleMapping", "AccessToken"]

    init(_ schema: Schema, _ control: AccessControl) {
        self.schema = schema
        self.control = control
        ownership = Ownership(schema, userModel: control.userModel)
        spelling = UserKeySpelling(ownership.people)
        book = RuleBook(schema, otherwise: control.defaultPermission, spelling)
        let given = control.authenticator ?? AccessTokenAuthenticator(schema, cookieSecret: control.cookieSecret)
        if let people = ownership.people {
            authenticator = given?.takingUsers(of: people.name, in: schema)
        } else {
            authenticator = given
        }
        tables = control.usesTables ? AccessTables(schema) : nil
    }

    /// Finds out who asks.
    ///
    /// - Throws: what the authenticator throws.
    func rules(for request: HTTPRequest, query: QueryString?, in database: Database) async throws -> RequestRules {
        var identity = try await authenticator?.identity(of: request, query: query, in: database)
        let given = identity?.user
        // Whoever says it, rules, paths and roles compare it.
        identity?.user = given.map { spelling.spelled($0) }
        let known = try await tables?.look(up: identity, given: given, in: database)
        return RequestRules(
            keeper: self, identity: identity, roles: known?.roles ?? [], rows: known?.rows ?? [:])
    }
}

// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Kinship

// What is special about the records of users.
extension Exchange {
    /// Sees to it that nobody takes the name or the address of somebody else: who logs in by them is one person.
    ///
    /// - Throws: ``RESTError`` `NAME_TAKEN`.
    func requireOwnNames(_ rules: RequestRules) async throws {
        let users = shownModel
        guard rules.keeper.ownership.isUser(users), let data = content?.value,
            let key = users.primaryKey.first.map({ users.properties[$0] })
        else { return }
        let records = data.elements ?? [data]
        let changed = try await changedUser?.word
        let spelling = rules.keeper.spelling
        var known: Set<String> = []
        for name in ["email", "username"] {
            guard let property = users.property(name) else { continue }
            for record in records {
                // By an operator a name can't be checked.
                guard (record.members ?? []).allSatisfy({ !$0.key.hasPrefix("$") || $0.value[name] == nil }) else {
                    throw taken(name)
                }
                guard let given = record[name]?.word else { continue }
                // Of many at once all but one would have it from somebody else.
                guard known.insert("\(name) \(given.lowercased())").inserted, route.operation != .records(.updateAll)
                else { throw taken(name) }
                let column: SQL = "\(identifier: "u", property.column)::text"
                let rows = try await session.pool.execute(
                    """
                    SELECT \(identifier: "u", key.column)::text FROM \(identifier: users.tableSchema, users.table) AS "u" \
                    WHERE lower(\(column)) = lower(\(given)) LIMIT 2
                    """)
                for row in rows {
                    let owner: String = try row.decode(at: 0)
                    guard let changed, spelling.areSame(owner, changed) else { throw taken(name) }
                }
            }
        }
    }

    /// The same with the passwords of the body hashed.
    func keepingPasswords() async throws -> Exchange {
        guard route.accessType == .write, settings.passwords.areThere else { return self }
        var own = self
        let value: JSONValue?
        if let content { value = content.value } else { value = try await self.value() }
        own.content = BodyContent(
            value: value == nil ? value : try await settings.passwords.kept(value ?? .null, of: shownModel))
        return own
    }

    private func taken(_ name: String) -> RESTError {
        RESTError(.nameTaken, "Somebody else has this \(name), or may have it; choose another one.")
    }

    /// The key of the user that is changed; nil for a new one, and where nobody can tell.
    private var changedUser: JSONValue? {
        get async throws {
            switch route.operation {
            case .records: ruledKey
            case .relation(_, .updateById): key("fk")
            case .relation(let name, .update): try await session.relatedKey(model.name, id: id, relation: name)
            case .relation, .nested, .scope, .method, .user: .none
            }
        }
    }

    /// Who has set a password anew has logged in everywhere else no longer.
    func endOtherLogins(_ rules: RequestRules) async throws {
        let users = shownModel
        guard rules.keeper.ownership.isUser(users), content?.value?["password"] != nil,
            session.schema.model("AccessToken")?.isPersisted == true, let changed = try await changedUser?.word
        else { return }
        let user = rules.keeper.spelling.spelled(changed)
        let others: JSONValue =
            if let token = rules.identity?.token {
                ["userId": .string(user), "id": ["neq": .string(token)]]
            } else { ["userId": .string(user)] }
        // Tokens are nobody's but their users'.
        try await session.ofAllTenants.deleteAll("AccessToken", where: others)
    }
}

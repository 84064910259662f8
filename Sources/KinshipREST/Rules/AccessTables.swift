// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Kinship

/// LoopBack's tables of rules and of roles.
struct AccessTables: Sendable {
    private let rules: Table?
    private let roles: Table?
    private let mappings: Table?

    /// A table and the columns of some properties.
    private struct Table: Sendable {
        let names: (schema: String, table: String)
        let columns: [String: String]

        init?(_ schema: Schema, _ name: String, _ properties: [String]) {
            guard let model = schema.model(name), model.isPersisted else { return nil }
            var columns: [String: String] = [:]
            for name in properties {
                guard let property = model.property(name) else { return nil }
                columns[name] = property.column
            }
            (names, self.columns) = ((model.tableSchema, model.table), columns)
        }

        var sql: SQL { "\(identifier: names.schema, names.table)" }
        func column(_ alias: String, _ property: String) -> SQL {
            "\(identifier: alias, columns[property] ?? property)"
        }
    }

    /// What the tables say.
    struct Known: Sendable {
        var roles: Set<String> = []
        /// By the name of the model, `*` for all.
        var rows: [String: [AccessRule]] = [:]
    }

    /// nil where a schema has none of the models.
    init?(_ schema: Schema) {
        rules = Table(
            schema, "ACL", ["model", "property", "accessType", "permission", "principalType", "principalId"])
        roles = Table(schema, "Role", ["id", "name"])
        mappings = Table(schema, "RoleMapping", ["principalType", "principalId", "roleId"])
        guard rules != nil || (roles != nil && mappings != nil) else { return nil }
    }

    /// The roles of who asks, and the rules there are.
    ///
    /// - Parameter user: the user's key as it was said, which roles may be given to as well as to the one spelling of it.
    /// - Note: One statement, none where nobody in particular asks and there is no table of rules.
    func look(up identity: Identity?, given user: String?, in database: Database) async throws -> Known {
        var parts: [SQL] = []
        if let rules { parts.append(Self.rows(rules)) }
        let isKnown = identity?.user != nil || identity?.application != nil
        if isKnown, let roles, let mappings { parts.append(Self.roles(roles, mappings, identity, user)) }
        guard var sql = parts.first else { return Known() }
        for part in parts.dropFirst() { sql = "\(sql) UNION ALL \(part)" }
        var known = Known()
        for row in try await database.pool.execute(sql) {
            let values = try (0..<6).map { try row.decode(String?.self, at: $0) }
            // A row of roles has no model.
            if values[0] == nil {
                if let role = values[1] { known.roles.insert(role) }
            } else if let model = values[0], let rule = Self.rule(values) {
                known.rows[model, default: []].append(rule)
            }
        }
        return known
    }

    private static func rows(_ table: Table) -> SQL {
        """
        SELECT \(table.column("a", "model"))::text, \(table.column("a", "property"))::text, \(table.column("a", "accessType"))::text, \
        \(table.column("a", "permission"))::text, \(table.column("a", "principalType"))::text, \
        \(table.column("a", "principalId"))::text FROM \(table.sql) AS "a" WHERE \(table.column("a", "model")) IS NOT NULL
        """
    }

    private static func roles(_ roles: Table, _ mappings: Table, _ identity: Identity?, _ given: String?) -> SQL {
        let user: SQL = given == identity?.user ? "= \(given)" : "IN (\(given), \(identity?.user))"
        return """
            SELECT NULL, \(roles.column("r", "name"))::text, NULL, NULL, NULL, NULL FROM \(mappings.sql) AS "m" \
            JOIN \(roles.sql) AS "r" ON \(roles.column("r", "id"))::text = \(mappings.column("m", "roleId"))::text \
            WHERE (\(mappings.column("m", "principalType"))::text = 'USER' \
            AND \(mappings.column("m", "principalId"))::text \(user)) \
            OR (\(mappings.column("m", "principalType"))::text IN ('APP', 'APPLICATION') \
            AND \(mappings.column("m", "principalId"))::text = \(identity?.application))
            """
    }

    /// A row as a rule; one with a hole is about nothing, as in LoopBack.
    private static func rule(_ values: [String?]) -> AccessRule? {
        guard let model = values[0], let property = values[1], let access = values[2], let permission = values[3],
            let type = values[4], let id = values[5], let principal = AccessRule.Principal(type, id)
        else { return nil }
        // What can't be read lets nobody in.
        let known = AccessRule.Permission(word: permission) ?? .deny
        var rule = AccessRule(
            names: property == "*" ? nil : [property], accessType: access == "*" ? nil : access, principal: principal,
            permission: known)
        (rule.isRow, rule.namesModel) = (true, model != "*")
        return rule
    }
}

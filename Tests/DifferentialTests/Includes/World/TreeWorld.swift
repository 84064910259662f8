// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import RelationPlanner
import TestSupport

/// Random models with their rows: a schema of the test database.
struct TreeWorld {
    /// The schema in the database.
    let schema: String
    var models: [TreeModel]

    // MARK: For the library

    func definitions() throws -> [ModelDefinition] {
        try models.filter { !$0.isMade }.map { model in
            var definition = try ModelDefinition(json: Array(text(of: model).utf8), file: nil)
            for index in definition.relations.indices {
                let relation = model.relations.first { $0.name == definition.relations[index].name }
                guard let function = relation?.function else { continue }
                definition.relations[index] = definition.relations[index].scoped { parent in
                    function.scope(for: parent[function.property])
                }
            }
            return definition
        }
    }

    /// The definition of a model as a file would have it.
    func text(of model: TreeModel) -> String { "\(json(model))" }

    private func json(_ model: TreeModel) -> JSONValue {
        var properties: [JSONValue.Member] = []
        for (position, column) in model.columns.enumerated() where !column.isImplied {
            let kind = JSONValue.string(column.type.kind)
            var members: [JSONValue.Member] = [.init("type", column.list == nil ? kind : [kind])]
            if column.embedded != nil { members = [.init("type", "any")] }
            if let place = model.primaryKey.firstIndex(of: position) {
                members.append(.init("id", .number(String(place + 1))))
            }
            if column.isHidden { members.append(.init("hidden", true)) }
            if column.column != column.name.lowercased() {
                members.append(.init("postgresql", ["columnName": .string(column.column)]))
            }
            properties.append(.init(column.name, .object(members)))
        }
        var members: [JSONValue.Member] = [
            .init("name", .string(model.name)), .init("properties", .object(properties)),
            .init("idInjection", false),
            model.isEmbedded
                ? .init("base", "Model")
                : .init("postgresql", ["schema": .string(schema), "table": .string(model.table)]),
            .init("relations", .object(model.relations.map { .init($0.name, json($0)) })),
        ]
        let protected = model.columns.filter(\.isProtected).map { JSONValue.string($0.name) }
        if !protected.isEmpty { members.append(.init("protected", .array(protected))) }
        if let scope = model.scope { members.append(.init("scope", scope)) }
        return .object(members)
    }

    private func json(_ relation: TreeRelation) -> JSONValue {
        var members = relation.definition
        if let scope = relation.scope { members.append(.init("scope", scope)) }
        if let scope = relation.linkScope, let through = members.firstIndex(where: { $0.key == "through" }) {
            members[through].value = ["model": members[through].value, "scope": scope]
        }
        return .object(members)
    }

    // MARK: For the database

    /// The statements that make the tables and fill them.
    var sql: String {
        var lines = ["CREATE SCHEMA \(schema);"]
        if Self.usesDomains {
            lines += CellType.allCases.map { "CREATE DOMAIN \(schema).\(domain($0)) AS \($0.sql);" }
        }
        for model in models where !model.isEmbedded {
            var columns = model.columns.map { "\"\($0.column)\" \(type($0))" }
            if model.hasKeyConstraint { columns.append("PRIMARY KEY (\(names(model, model.primaryKey)))") }
            lines.append("CREATE TABLE \(table(model)) (\(columns.joined(separator: ", ")));")
            if model.inherited > 0 {
                lines.append("CREATE TABLE \(schema).\"\(model.table) heir\" () INHERITS (\(table(model)));")
            }
            let own = model.rows.dropLast(model.inherited)
            for (table, rows) in [(model.table, own), (model.table + " heir", model.rows.suffix(model.inherited))]
            where !rows.isEmpty {
                let rows = rows.map { row in "(\(row.map(literal).joined(separator: ", ")))" }
                lines.append("INSERT INTO \(schema).\"\(table)\" VALUES \(rows.joined(separator: ", "));")
            }
            for unique in model.unique where unique.isIndexed {
                lines.append("CREATE UNIQUE INDEX ON \(table(model)) (\(names(model, [unique.column])));")
            }
            for key in model.foreignKeys where key.isIndexed {
                let word = key.isUnique ? "UNIQUE INDEX" : "INDEX"
                lines.append("CREATE \(word) ON \(table(model)) (\(names(model, key.columns)));")
            }
        }
        for model in models where !model.isEmbedded {
            for key in model.foreignKeys where key.constraint != .none {
                guard let target = key.target.map({ models[$0] }) else { continue }
                let ending =
                    switch key.constraint {
                    case .none, .plain: ""
                    case .notValid: " NOT VALID"
                    case .deferrable: " DEFERRABLE"
                    }
                lines.append(
                    "ALTER TABLE \(table(model)) ADD FOREIGN KEY (\(names(model, key.columns))) REFERENCES \(table(target)) (\(names(target, key.targetColumns)))\(ending);"
                )
            }
            if model.isAnalyzed { lines.append("ANALYZE \(table(model));") }
        }
        return lines.joined(separator: "\n")
    }

    /// A statement whose one cell is an object with all rows of all tables.
    var contents: String {
        let tables = models.filter { !$0.isEmbedded }.map { model in
            "'\(model.name)', (SELECT coalesce(json_agg(json_build_array(\(model.columns.map { "\"\($0.column)\"" }.joined(separator: ", ")))), '[]') FROM \(table(model)))"
        }
        return "SELECT json_build_object(\(tables.joined(separator: ", ")))"
    }

    /// Whether columns are of domains over their types.
    private static let usesDomains = TestCluster.current == .foreign

    private func domain(_ type: CellType) -> String { "\"a \(type)\"" }

    private func type(_ column: TreeModel.Column) -> String {
        let type = Self.usesDomains ? "\(schema).\(domain(column.type))" : column.type.sql
        return switch column.list {
        case nil: type
        case .array: type + "[]"
        case .jsonb: "jsonb"
        case .text: "text"
        }
    }

    private func table(_ model: TreeModel) -> String { "\(schema).\"\(model.table)\"" }

    private func names(_ model: TreeModel, _ positions: [Int]) -> String {
        positions.map { "\"\(model.columns[$0].column)\"" }.joined(separator: ", ")
    }

    private func literal(_ text: String?) -> String {
        guard let text else { return "NULL" }
        return "'" + text.split(separator: "'", omittingEmptySubsequences: false).joined(separator: "''") + "'"
    }
}

// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import RelationPlanner

/// Where the changes of a model come from: its table, and what of a notification is its key.
struct ChangeSource: Sendable {
    /// A table by its names.
    struct Table: Sendable, Hashable {
        let schema: String
        let name: String
    }

    let model: String
    let table: Table
    /// The key's properties and their columns.
    private let key: [(property: String, column: String)]

    /// - Throws: ``PlannerError`` `UNSUPPORTED` for a model without a table, or without a key.
    init(_ model: Model) throws(PlannerError) {
        guard model.isPersisted, !model.primaryKey.isEmpty else {
            throw PlannerError(
                .unsupported, "\(model.name) has no table with a key, so that nobody can tell which record has changed.",
                model: model.name)
        }
        self.model = model.name
        table = Table(schema: model.tableSchema, name: model.table)
        key = model.primaryKey.map { (model.properties[$0].name, model.properties[$0].column) }
    }

    /// The triggers of a schema's models, each table's once.
    ///
    /// - Parameter models: their names; nil for all that have a table with a key.
    /// - Throws: ``PlannerError`` `UNKNOWN_MODEL`, and `UNSUPPORTED` for a model that was named and has no table with a key.
    static func triggers(_ schema: Schema, _ models: [String]?) throws(PlannerError) -> [ChangeTrigger] {
        var named: [ChangeSource] = []
        for name in models ?? [] { named.append(try ChangeSource(schema[try schema.id(of: name)])) }
        let all = schema.models.compactMap { try? ChangeSource($0) }
        let wanted = models == nil ? all : named
        var seen: Set<Table> = []
        return wanted.map(\.table).filter { seen.insert($0).inserted }.map { table in
            // Models of one table may have other properties for a key: all of them are told.
            let columns = all.filter { $0.table == table }.flatMap { $0.key.map { $0.column } }
            return ChangeTrigger(schema: table.schema, table: table.name, columns: columns)
        }
    }

    /// What a notification is for this model; nil where it is of another table.
    func event(_ payload: ChangePayload) -> ChangeEvent? {
        guard payload.table == table else { return nil }
        guard let kind = payload.kind else { return .gap(.many) }
        let values = key.map { payload.key[$0.column] ?? .null }
        // Triggers that were made for another key.
        guard !values.contains(.null) else { return .gap(.many) }
        let key =
            values.count == 1 ? values[0] : .object(zip(self.key, values).map { .init($0.property, $1) })
        return .change(RecordChange(model: model, kind: kind, key: key))
    }
}

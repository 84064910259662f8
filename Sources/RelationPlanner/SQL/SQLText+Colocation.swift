// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

extension SQLText {
    /// Appends `t.a = l.b AND …` for each pair, and the equality that Citus wants beside them. Types the server can't compare
    /// are compared as text, as included rows are.
    mutating func append(
        equal pairs: [(own: Property, other: Property)], of model: Model, _ alias: String, with other: Model,
        _ otherAlias: String, in schema: Schema
    ) {
        var isFirst = true
        for pair in pairs {
            append(separator: " AND ", isFirst: &isFirst)
            append(
                equal: (pair.own.columnType, alias + "." + quoted(pair.own.column)),
                to: (pair.other.columnType, otherAlias + "." + quoted(pair.other.column)))
        }
        let columns = pairs.map { (own: $0.own.column, other: $0.other.column) }
        guard let colocation = Colocation(of: model, with: other, joinedBy: columns, in: schema) else { return }
        append(separator: " AND ", isFirst: &isFirst)
        append(column: colocation.own, of: alias)
        append(" = ")
        append(column: colocation.other, of: otherAlias)
    }
}

// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Libpq
import RelationPlanner

/// Rows of a graph's root as hooks see them: all properties, hidden ones too, and dates to the microsecond.
enum HookedRows {
    /// The records of a node; the root's where nothing else is said.
    ///
    /// - Throws: ``PostgresError`` `DECODING_FAILED`; ``PlannerError``.
    static func records(_ graph: Graph, of model: Model, at node: Node? = nil) throws -> [JSONValue] {
        let fetch = node.map(\.fetch) ?? Fetch.root
        guard let fetch, graph.rowSets.indices.contains(fetch.index), let rows = graph.rowSets[fetch.index],
            graph.plan.fetches.has(fetch)
        else { return [] }
        // A record that a relation leads to may stand beside its parent, in one row.
        let isBeside = node.map { $0.id != Node.root } == true && fetch == Fetch.root
        var columns: [(name: String, position: Int, format: CellFormat)] = []
        for (position, column) in graph.plan.fetches[fetch].columns.enumerated() {
            guard let property = column.property, column.model == model.id,
                (column.alias != Fetch.Column.ownAlias) == isBeside,
                !columns.contains(where: { $0.name == model.properties[property].name })
            else { continue }
            columns.append(
                (
                    model.properties[property].name, position,
                    CellFormat(column.type, as: model.properties[property].kind)
                ))
        }
        var records: [JSONValue] = []
        records.reserveCapacity(rows.count)
        for row in 0..<rows.count {
            var members: [JSONValue.Member] = []
            members.reserveCapacity(columns.count)
            for column in columns {
                guard let cell = rows.bytes(row: row, column: column.position) else {
                    members.append(.init(column.name, .null))
                    continue
                }
                var buffer = ByteBuffer(capacity: 64, JSONOptions(microseconds: true))
                do {
                    try CellWriter.write(cell, column.format, to: &buffer)
                } catch {
                    throw PostgresError(
                        .decodingFailed,
                        "\(model.name).\(column.name) holds no value of its type; open the database again if the table was changed."
                    )
                }
                members.append(.init(column.name, try JSONValue(parsing: buffer.array)))
            }
            records.append(.object(members))
        }
        return records
    }

    /// The key of a record as operations take it; nil where it has none.
    static func key(_ record: JSONValue, of model: Model) -> JSONValue? {
        let names = model.primaryKey.map { model.properties[$0].name }
        guard let first = names.first else { return .none }
        if names.count == 1 { return record[first] }
        return .some(.object(names.map { .init($0, record[$0] ?? .null) }))
    }
}

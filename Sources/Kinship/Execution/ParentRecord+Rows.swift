// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Libpq
import RelationPlanner

extension ParentRecord {
    /// A row of a fetch, read when the function of a scope asks for a property.
    ///
    /// - Parameter alias: what the model goes by in the fetch.
    convenience init(
        _ rows: RowSet, row: Int, of fetch: Fetch, _ model: Model, alias: String = Fetch.Column.ownAlias
    ) {
        var columns: [Property.ID: (position: Int, format: CellFormat)] = [:]
        for (position, column) in fetch.columns.enumerated() {
            guard let property = column.property, column.model == model.id, column.alias == alias else { continue }
            columns[property] = (position, CellFormat(column.type, as: model.properties[property].kind))
        }
        let known = columns
        self.init(of: model) { property throws(PlannerError) in
            let name = model.properties[property].name
            guard let column = known[property] else {
                throw PlannerError(
                    .unsupported, "\(model.name).\(name) wasn't fetched, so the function can't read it.",
                    model: model.name, property: name)
            }
            guard let cell = rows.bytes(row: row, column: column.position) else { return .null }
            var buffer = ByteBuffer(capacity: 64)
            do {
                try CellWriter.write(cell, column.format, to: &buffer)
            } catch {
                throw PlannerError(
                    .invalidValue,
                    "\(model.name).\(name) holds no value of its type; open the database again if the table was changed.",
                    model: model.name, property: name)
            }
            return try JSONValue(parsing: buffer.array)
        }
    }
}

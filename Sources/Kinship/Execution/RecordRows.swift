// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Libpq
import RelationPlanner

/// The rows of a fetch as records of a model: each value is read when it is asked for.
final class RecordRows: Sendable {
    private let rows: RowSet
    private let model: Model
    /// By property; nil for what the fetch doesn't have.
    private let columns: [(position: Int, format: CellFormat)?]

    /// - Parameter alias: what the model goes by in the fetch.
    init(_ rows: RowSet, of fetch: Fetch, _ model: Model, alias: String = Fetch.Column.ownAlias) {
        var columns: [(position: Int, format: CellFormat)?] = model.properties.map { _ in nil }
        for (position, column) in fetch.columns.enumerated() {
            guard let property = column.property, column.model == model.id, column.alias == alias else { continue }
            columns[property.index] = (position, CellFormat(column.type, as: model.properties[property].kind))
        }
        (self.rows, self.model, self.columns) = (rows, model, columns)
    }

    /// The record of a row.
    func record(_ row: Int) -> ParentRecord {
        ParentRecord(model.name) { [self] (name) throws(PlannerError) in try value(name, row) }
    }

    /// The records of all rows.
    var all: [ParentRecord] { (0..<rows.count).map(record) }

    private func value(_ name: String, _ row: Int) throws(PlannerError) -> JSONValue {
        guard let column = columns[try model.idOfRead(name).index] else {
            throw PlannerError(
                .unsupported, "\(model.name).\(name) wasn't fetched, so the function can't read it.",
                model: model.name, property: name)
        }
        guard let cell = rows.bytes(row: row, column: column.position) else { return .null }
        switch column.format {
        case .int4 where cell.count == 4: return .number("\(Int32(bigEndian: cell.loadUnaligned(as: Int32.self)))")
        case .int8 where cell.count == 8: return .number("\(Int64(bigEndian: cell.loadUnaligned(as: Int64.self)))")
        default: break
        }
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

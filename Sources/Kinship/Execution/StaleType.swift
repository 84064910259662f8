// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Libpq
import RelationPlanner

/// Columns that are not of the type they were planned for: the database was changed while the process runs.
///
/// Values travel in the binary form of their types, so that no cell may be taken for one of another type.
enum StaleType {
    /// Whether an error is what a type gives rise to that is no longer what it was.
    static func isReason(for error: any Error) -> Bool {
        if let error = error as? PlannerError { return error.code == .typeChanged }
        // A parameter's type isn't there (`cache lookup failed for type …` is an internal error), or is not the column's.
        guard let state = (error as? PostgresError)?.sqlState else { return false }
        return state == "42704" || state == "42804" || state == "42883" || isLookup(error)
    }

    private static func isLookup(_ error: any Error) -> Bool {
        guard let error = error as? PostgresError, error.sqlState == "XX000" else { return false }
        return error.server?.message.contains("type") == true
    }

    /// Refuses rows with a column of another type than it is read as.
    ///
    /// - Complexity: linear in the columns.
    /// - Throws: ``PlannerError`` `TYPE_CHANGED` naming model, property and types.
    static func check(_ rows: RowSet, of fetch: Fetch, _ schema: Schema) throws(PlannerError) {
        guard fetch.columns.count <= rows.columnCount else {
            throw PlannerError(
                .typeChanged,
                "The rows of \(schema[fetch.model].name) came with \(rows.columnCount) columns instead of \(fetch.columns.count); read the catalog again (refreshCatalog), or look at what lies between here and the server.",
                model: schema[fetch.model].name)
        }
        for (position, column) in fetch.columns.enumerated() {
            let type = rows.typeID(column: position)
            guard !column.type.isRead(from: type.rawValue) else { continue }
            let model = schema[column.model]
            let property = column.property.map { model.properties[$0] }
            throw PlannerError(
                .typeChanged,
                "\(model.name).\(property?.name ?? column.output) is read as \(column.type.name), but its column is of the type \(type.description) now; read the catalog again (refreshCatalog).",
                model: model.name, property: property?.name)
        }
    }
}

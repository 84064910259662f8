// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

/// What the database makes where no value is given, as an expression: for rows of which only some have a value of their own.
struct DefaultExpression {
    /// The expression; NULL where the database makes nothing.
    let text: String

    init(_ property: Property, of model: Model, in schema: Schema) {
        switch schema.filling(of: property, in: model) {
        case .none, .generated: text = "NULL"
        case .expression(let expression): text = "(\(expression))"
        case .identity, .identityAlways:
            let table = literal(quoted(model.tableSchema) + "." + quoted(model.table))
            text = "nextval(pg_get_serial_sequence(\(table), \(literal(property.column)))::regclass)"
        }
    }
}

// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Libpq
import RelationPlanner

/// The column of a parent that holds embedded records: one object, or a list of objects.
struct EmbeddedColumn: Sendable {
    /// The column in the parents' rows.
    let position: Int
    let isList: Bool
    /// `Customer.addressList`, for messages.
    private let name: String

    /// - Parameter position: the column in the parents' rows that holds the property.
    init(_ property: Property, of model: Model, isList: Bool, position: Int) {
        self.position = position
        self.isList = isList
        name =
            property.isHidden || property.isProtected ? "a column of \(model.name)" : "\(model.name).\(property.name)"
    }

    /// The records of a parent's row, in their order.
    ///
    /// NULL, an empty text and JSON's null are none, as are null elements of a list. Anything else that is no record is an
    /// error: it was stored by mistake, and leaving it out would hide it.
    ///
    /// - Throws: ``PostgresError`` `DECODING_FAILED` naming model, property, row and element; what the budget throws.
    func items(of rows: RowSet, row: Int, budget: inout StepBudget) throws -> [JSONValue] {
        guard let json = try json(of: rows, row: row, &budget) else { return [] }
        guard isList else {
            guard case .object = json else { throw failure(row, "it is no object, but \(json.word)") }
            return [json]
        }
        guard case .array(let elements) = json else { throw failure(row, "it is no list, but \(json.word)") }
        for (position, element) in elements.enumerated() {
            switch element {
            case .object, .null: break
            default: throw failure(row, "element \(position) of its list is no object, but \(element.word)")
            }
        }
        return elements.contains(.null) ? elements.filter { $0 != .null } : elements
    }

    /// What the cell holds; nil for nothing.
    private func json(of rows: RowSet, row: Int, _ budget: inout StepBudget) throws -> JSONValue? {
        guard var bytes = rows.bytes(row: row, column: position) else { return nil }
        if rows.typeID(column: position) == .jsonb, rows.format(column: position) == .binary {
            // The version of jsonb's binary form.
            guard bytes.first == 1 else { throw failure(row, "it is of an unknown version of jsonb") }
            bytes = UnsafeRawBufferPointer(rebasing: bytes.dropFirst())
        }
        if bytes.allSatisfy({ $0 == 0x20 || $0 == 0x09 || $0 == 0x0A || $0 == 0x0D }) { return nil }
        let json: JSONValue
        do {
            json = try JSONValue(stored: Array(bytes), budget: &budget)
        } catch let error as PlannerError {
            throw failure(row, "it is no JSON (\(error.message))")
        }
        // Not a conditional expression: there nil would be JSON's null.
        if json == .null { return nil }
        return json
    }

    private func failure(_ row: Int, _ why: String) -> PostgresError {
        PostgresError(
            .decodingFailed,
            "The embedded records in \(name) of row \(row) (from 0) can't be read: \(why). Correct what is stored there."
        )
    }
}

extension JSONValue {
    /// What the value is, for messages.
    fileprivate var word: String {
        switch self {
        case .null: "null"
        case .bool: "a boolean"
        case .number: "a number"
        case .string: "a string"
        case .array: "a list"
        case .object: "an object"
        }
    }
}

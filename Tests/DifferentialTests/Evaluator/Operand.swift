// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import RelationPlanner

/// A column, or a place inside its JSON.
struct Operand {
    let column: TableSpec.Column
    private let position: Int
    let path: [String]

    /// - Throws: for what there isn't, what is hidden (D28), and for paths into what is no JSON.
    init(_ name: String, _ spec: TableSpec) throws(Refusal) {
        if let position = spec.position(of: name) {
            self.position = position
            column = spec.columns[position]
            path = []
        } else {
            let parts = name.split(separator: ".", omittingEmptySubsequences: false).map(String.init)
            guard parts.count > 1, let position = spec.position(of: parts[0]) else { throw Refusal(.unknownProperty) }
            self.position = position
            column = spec.columns[position]
            path = Array(parts.dropFirst())
            if !column.isHidden, column.kind != .jsonb || path.contains(where: { $0.isEmpty || $0.utf8.contains(0) }) {
                throw Refusal(.invalidFilter)
            }
        }
        if column.isHidden { throw Refusal(.prohibitedProperty) }
    }

    var isPath: Bool { !path.isEmpty }

    func cell(_ row: Row) -> Cell { row.cells[position] }

    /// The value at the path: nil for a missing one and for JSON's null.
    func json(_ row: Row) -> JSONValue? {
        guard case .json(var value)? = cell(row).value else { return nil }
        for key in path {
            switch value {
            case .object(let members):
                guard let next = members[utf8: key] else { return nil }
                value = next
            case .array(let elements):
                guard let index = Int(key) else { return nil }
                let place = index < 0 ? elements.count + index : index
                guard elements.indices.contains(place) else { return nil }
                value = elements[place]
            default: return nil
            }
        }
        // Not `nil` in a conditional expression: a JSON value can be written as nil, too.
        if value == .null { return Optional.none }
        return value
    }

    func isNull(_ row: Row) -> Bool { isPath ? json(row) == nil : cell(row).value == nil }

    /// The text that patterns are held against: at a path that of strings only.
    func text(_ row: Row) -> String? { isPath ? json(row)?.text : cell(row).text }

    /// What rows are ordered by: at a path the text there.
    func orderValue(_ row: Row) -> Value? {
        guard isPath else { return cell(row).value }
        switch json(row) {
        case nil: return nil
        case .string(let text)?: return .text(text)
        case let value?: return .text(Self.text(of: value))
        }
    }

    /// A document as the server writes it; objects came from there and have its order.
    private static func text(of json: JSONValue) -> String {
        switch json {
        case .array(let elements): "[" + elements.map(text(of:)).joined(separator: ", ") + "]"
        case .object(let members):
            "{"
                + members.map { JSONValue.string($0.key).description + ": " + text(of: $0.value) }.joined(
                    separator: ", ")
                + "}"
        default: json.description
        }
    }
}

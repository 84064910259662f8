// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

/// What an opaque cursor holds: a place in an order of one model's rows, exactly.
///
/// A JSON list of the model's name, the order, and the values of its terms, sealed. The values are written as they are shown,
/// but with all their digits.
package struct OpaqueCursor: Sendable, Hashable {
    let model: String
    /// The order, completed by the primary key, as ``Schema/text(of:of:)`` writes it.
    let order: String
    let values: [JSONValue]

    /// The payload of a cursor whose values are JSON already.
    package static func payload(model: String, order: String, values: [UInt8]) -> [UInt8] {
        var bytes = Array("[".utf8)
        JSONValue.string(model).write(into: &bytes)
        bytes += ",".utf8
        JSONValue.string(order).write(into: &bytes)
        bytes += ",[".utf8
        bytes += values
        bytes += "]]".utf8
        return bytes
    }

    /// nil for what is no cursor.
    init?(payload: [UInt8]) {
        guard let json = try? JSONValue(parsing: payload, maximumDepth: 64), let parts = json.elements,
            parts.count == 3,
            case .string(let model) = parts[0], case .string(let order) = parts[1], let values = parts[2].elements
        else { return nil }
        (self.model, self.order, self.values) = (model, order, values)
    }
}

extension OrderTerm {
    /// What is ordered by, as a filter writes it.
    func name(of model: Model, in schema: Schema) -> String {
        var text = ""
        var owner = model
        for step in related?.path ?? [] {
            let relation = owner.relations[step.relation]
            text += relation.name + "."
            if let target = relation.target { owner = schema[target] }
        }
        let name = ([owner.properties[operand.property].name] + operand.path).joined(separator: ".")
        switch related?.aggregate {
        case .count: text += "count"
        case let function?: text += "\(function.rawValue)(\(name))"
        case nil: text += name
        }
        return text
    }
}

extension Schema {
    /// An order as a filter writes it; where NULLs go is said where it is not PostgreSQL's default.
    package func text(of order: [OrderTerm], of model: Model) -> String {
        order.map { term in
            let isDescending = term.direction == .descending
            let nulls =
                term.putsNullsFirst == isDescending ? "" : term.putsNullsFirst ? " NULLS FIRST" : " NULLS LAST"
            return term.name(of: model, in: self) + (isDescending ? " DESC" : "") + nulls
        }.joined(separator: ", ")
    }
}

// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Foundation
import RelationPlanner

extension Evaluator {
    /// One term of an order.
    struct Term {
        let name: String
        let value: (Row) -> Value?
        let isDescending: Bool
        let nullsFirst: Bool
        /// Reads a cursor's value of the term; nil when it doesn't fit.
        let read: (JSONValue) -> Value?

        /// Negative when the one value comes before the other.
        func order(_ one: Value?, _ other: Value?) -> Int {
            switch (one, other) {
            case (nil, nil): return 0
            case (nil, _): return nullsFirst ? -1 : 1
            case (_, nil): return nullsFirst ? 1 : -1
            case (let one?, let other?):
                let order = Comparing.order(one, other) ?? 0
                return isDescending ? -order : order
            }
        }
    }

    /// The asked order, each thing once, completed by the primary key.
    func order(_ json: JSONValue, near condition: JSONValue, _ spec: TableSpec) throws(Refusal) -> [Term] {
        var texts: [String] = []
        switch json {
        case .null: break
        case .string(let text): texts = [text]
        case .array(let elements):
            for element in elements {
                guard let text = element.text else { throw Refusal(.invalidFilter) }
                texts.append(text)
            }
        default: throw Refusal(.invalidFilter)
        }
        var terms: [Term] = []
        for text in texts.flatMap({ $0.split(separator: ",") }) {
            let words = text.split(whereSeparator: \.isWhitespace).map(String.init)
            if words.isEmpty { continue }
            let term = try term(words, spec)
            if !terms.contains(where: { $0.name == term.name }) { terms.append(term) }
        }
        if terms.isEmpty, let nearness = nearness(condition) {
            let operand = try Operand(nearness.property, spec)
            terms.append(
                Term(
                    name: "distance",
                    value: { Self.angle(operand.cell($0), nearness.x, nearness.y).map { .double($0) } },
                    isDescending: false, nullsFirst: false, read: { _ in nil }))
        }
        if !terms.contains(where: { $0.name == "id" }) { terms.append(try term(["id"], spec)) }
        return terms
    }

    private func term(_ words: [String], _ spec: TableSpec) throws(Refusal) -> Term {
        var rest = words.dropFirst().map { $0.uppercased() }[...]
        var isDescending = false
        if let word = rest.first, word == "ASC" || word == "DESC" {
            isDescending = word == "DESC"
            rest = rest.dropFirst()
        }
        var nullsFirst = isDescending
        if rest.count == 2, rest.first == "NULLS", rest.last == "FIRST" || rest.last == "LAST" {
            nullsFirst = rest.last == "FIRST"
            rest = []
        }
        guard rest.isEmpty else { throw Refusal(.invalidFilter) }
        let key = try key(words[0], spec)
        return Term(
            name: words[0], value: key.value, isDescending: isDescending, nullsFirst: nullsFirst, read: key.read)
    }

    typealias Key = (value: (Row) -> Value?, read: (JSONValue) -> Value?)

    /// What a name orders by.
    func key(_ name: String, _ spec: TableSpec) throws(Refusal) -> Key {
        let parts = name.split(separator: ".", omittingEmptySubsequences: false).map(String.init)
        if spec.position(of: parts[0]) == nil, parts.count > 1,
            let relation = spec.relations.first(where: { $0.name == parts[0] })
        {
            return try relatedKey(relation, parts.dropFirst().joined(separator: "."), spec)
        }
        let operand = try Operand(name, spec)
        if !operand.isPath, operand.column.kind == .point { throw Refusal(.invalidFilter) }
        let kind: TableSpec.Kind = operand.isPath ? .text : operand.column.kind
        return (operand.orderValue, { ValueReading.value($0, kind) })
    }

    private func relatedKey(_ relation: TableSpec.Relation, _ name: String, _ spec: TableSpec) throws(Refusal) -> Key {
        let target = try table(relation.target).spec
        let rows = try targets(of: relation, from: spec)
        guard relation.isToMany else {
            let key = try key(name, target)
            return ({ rows($0).first.flatMap(key.value) }, key.read)
        }
        if name == "count" { return ({ .exact(Decimal(rows($0).count)) }, { ValueReading.value($0, .int8) }) }
        guard name.hasSuffix(")"), let open = name.firstIndex(of: "("), ["min", "max", "sum"].contains(name[..<open])
        else { throw Refusal(.invalidFilter) }
        let property = String(name[name.index(after: open)...].dropLast())
        let operand = try Operand(property, target)
        let values = { (row: Row) in rows(row).compactMap { operand.cell($0).value } }
        switch name[..<open] {
        case "sum":
            return (
                { row in
                    let numbers = values(row).compactMap { if case .exact(let number) = $0 { number } else { nil } }
                    return numbers.isEmpty ? nil : .exact(numbers.reduce(0, +))
                }, { ValueReading.value($0, .numeric) }
            )
        default:
            let sign = name.hasPrefix("max") ? 1 : -1
            return (
                { row in
                    values(row).reduce(nil as Value?) { best, value in
                        guard let best else { return value }
                        return (Comparing.order(value, best) ?? 0) * sign > 0 ? value : best
                    }
                }, { ValueReading.value($0, operand.column.kind) }
            )
        }
    }
}

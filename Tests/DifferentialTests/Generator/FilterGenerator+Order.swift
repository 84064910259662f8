// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import RelationPlanner
import TestSupport

extension FilterGenerator {
    // MARK: Order, fields, cursors

    mutating func order(_ spec: TableSpec) -> [String] {
        (0..<random.number(1...3)).map { _ in
            var term = orderKey(spec)
            if random.once(in: 2) { term += random.pick([" DESC", " desc", " ASC", "  DESC"]) }
            if random.once(in: 3) { term += random.pick([" NULLS FIRST", " NULLS LAST", " nulls last"]) }
            return term
        }
    }

    private mutating func orderKey(_ spec: TableSpec) -> String {
        if spec.model == "Thing" {
            if random.once(in: 6) { return random.pick(["doc.a", "doc.s", "doc.b.c", "doc.list", "doc.none"]) }
            if random.once(in: 6) {
                return random.pick([
                    "owner.name", "owner.score", "parts.count", "bigParts.count", "tags.count", "parts.max(qty)",
                    "parts.sum(qty)", "parts.min(label)", "bigParts.max(price)", "tags.max(label)",
                    "owner.things.count",
                ])
            }
        }
        let names = spec.columns.filter { ![.jsonb, .point].contains($0.kind) && !$0.isHidden }.map(\.name)
        return random.pick(names)
    }

    mutating func orderJSON(_ terms: [String]) -> JSONValue {
        random.once(in: 2) ? .string(terms.joined(separator: ", ")) : .array(terms.map { .string($0) })
    }

    mutating func fields(_ spec: TableSpec) -> JSONValue {
        let names = (0..<random.number(1...3)).map { _ in random.pick(spec.columns.map(\.name)) }
        switch random.number(0...3) {
        case 0: return .string(names[0])
        case 1: return .object(names.map { JSONValue.Member($0, true) }.withoutRepeats)
        case 2: return .object(names.map { JSONValue.Member($0, false) }.withoutRepeats)
        default: return .array(names.map { .string($0) })
        }
    }

    mutating func distinct(_ spec: TableSpec) -> [JSONValue.Member] {
        let names = spec.columns.filter { ![.jsonb, .point].contains($0.kind) && !$0.isHidden }.map(\.name)
        let fields = (0..<random.number(1...3)).map { _ in random.pick(names) }
        var members: [JSONValue.Member] = [
            .init("distinct", true), .init("fields", .array(fields.map { .string($0) })),
        ]
        if random.once(in: 2) {
            members.append(
                .init("order", .string(random.pick(fields) + random.pick(["", " DESC", " DESC NULLS LAST"]))))
        }
        return members
    }

    /// The place of a row in an order; now and then a value of another row stands in it.
    mutating func place(_ terms: [String], _ row: Row, _ spec: TableSpec) -> JSONValue {
        var members: [JSONValue.Member] = []
        let names = terms.map { $0.split(separator: " ").first.map(String.init) ?? "" } + ["id"]
        for name in names {
            guard let at = spec.position(of: name) else {
                // A path or something related: any value of its type will do.
                let texts: [JSONValue] = ["1", "x", "a", .null, "1.50", "é"]
                let numbers: [JSONValue] = [0, 1, 2, .null, 5]
                let isText = name.hasPrefix("doc.") || name.hasSuffix("name") || name.hasSuffix("(label)")
                members.append(.init(name, isText ? random.pick(texts, "1") : random.pick(numbers, 1)))
                continue
            }
            members.append(.init(name, row.cells[at].json))
        }
        if random.once(in: 40) { members.removeFirst() }
        return .object(members.withoutRepeats)
    }
}

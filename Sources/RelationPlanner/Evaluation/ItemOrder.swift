// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

/// An order of embedded records, without the completing position in their list.
struct ItemOrder: Sendable {
    private struct Term: Sendable {
        var operand: ItemOperand
        /// Set for an order by distance.
        var center: ItemValue?
        var isDescending: Bool
        var nullsFirst: Bool

        func key(of item: JSONValue, _ budget: inout StepBudget) throws -> ItemValue? {
            if let center {
                return try operand.value(in: item, &budget).flatMap { $0.distance(to: center) }.map(ItemValue.double)
            }
            // At a path by its text, whatever is there.
            guard operand.path.isEmpty else {
                return try operand.json(in: item, &budget).flatMap { json in
                    try JSONOrder.text(json, &budget).map(ItemValue.text)
                }
            }
            return try operand.value(in: item, &budget)
        }

        /// Whether a collation decides: at a path by the text, whatever is there.
        var isCollated: Bool { center == nil && (!operand.path.isEmpty || operand.type.hasCollation) }

        func compare(
            _ one: ItemValue?, _ other: ItemValue?, _ ranks: TextRanks?, _ budget: inout StepBudget
        ) throws -> Int {
            switch (one, other) {
            case (nil, nil): return 0
            case (nil, _): return nullsFirst ? -1 : 1
            case (_, nil): return nullsFirst ? 1 : -1
            case (let one?, let other?):
                let order = try ItemValue.compare(one, other, ranks, &budget) ?? 0
                return isDescending ? -order : order
            }
        }
    }

    /// A place in the order.
    struct Place: Sendable {
        var keys: [ItemValue?]
        var side: Filter.Cursor.Side
    }

    private let terms: [Term]

    /// - Throws: ``PlannerError`` `UNSUPPORTED` for an order by related records or by a list.
    init(_ terms: [OrderTerm], _ builder: ItemConditionBuilder) throws(PlannerError) {
        let model = builder.model
        var built: [Term] = []
        for term in terms {
            guard term.related == nil, term.list == nil else {
                throw PlannerError(
                    .unsupported,
                    "Records of \(model.name) are embedded here, so they can't be ordered by their related records; order by their own properties.",
                    model: model.name)
            }
            let center = term.distance.map { builder.contents($0).flatMap { ItemValue($0, .point) } }
            built.append(
                Term(
                    operand: ItemOperand(term.operand, of: model, as: .jsonb), center: center ?? nil,
                    isDescending: term.direction == .descending,
                    nullsFirst: term.nulls.map { $0 == .first } ?? (term.direction == .descending)))
        }
        self.terms = built
    }

    /// The place a cursor names: its keys are those of the terms, in their order.
    static func place(_ cursor: Filter.Cursor, _ builder: ItemConditionBuilder) -> Place {
        Place(
            keys: cursor.keys.map { key in builder.contents(key.value).flatMap { ItemValue($0, key.value.type) } },
            side: cursor.side)
    }

    var isEmpty: Bool { terms.isEmpty }

    /// Whether a collation decides about a term.
    var isCollated: Bool { terms.contains { $0.isCollated } }

    func keys(of item: JSONValue, _ budget: inout StepBudget) throws -> [ItemValue?] {
        try terms.map { try $0.key(of: item, &budget) }
    }

    /// Less than, equal to or greater than 0, as a record with `one` comes before, with or after one with `other`.
    func compare(
        _ one: [ItemValue?], _ other: [ItemValue?], _ ranks: TextRanks?, _ budget: inout StepBudget
    ) throws -> Int {
        for (position, term) in terms.enumerated() where position < one.count && position < other.count {
            let order = try term.compare(one[position], other[position], ranks, &budget)
            if order != 0 { return order }
        }
        return 0
    }

    /// Whether a record is on the side of a place that was asked for.
    func isBeyond(
        _ place: Place, _ keys: [ItemValue?], _ ranks: TextRanks?, _ budget: inout StepBudget
    ) throws -> Bool {
        let order = try compare(keys, place.keys, ranks, &budget)
        return place.side == .after ? order > 0 : order < 0
    }
}

// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

/// A filter over the records that are embedded in one row, run in memory (D22).
///
/// ```swift
/// let filter = try EmbeddedFilter(scope, of: address, values: values)
/// let selection = try filter.select(items, budget: &budget)
/// let shown = selection.positions.map { filter.shown(items[$0]) }
/// ```
///
/// Records are what their JSON says: a property that is missing or null is NULL, a value of another type than its property
/// declares never matches and never fails (D26), but it is there for `exists`. Where a property's type is only assumed,
/// numbers are what they are. Everything else is as in SQL: three-valued logic, exact numbers, dates as instants, text by
/// code points or in the order that the server gives (``TextRanks``), NULLs last ascending and first descending. The position in the list completes the order, whether or not
/// the model has a key. No statements.
package struct EmbeddedFilter: Sendable {
    private let condition: ItemCondition
    private let order: ItemOrder
    private let place: ItemOrder.Place?
    private let skip: Int
    private let limit: Int?
    private let members: Members
    /// What a collation decides about, see ``needsTextOrder``.
    private let collated: (operands: [ItemOperand], values: [ItemValue])

    /// Which members of a record are shown.
    private enum Members: Sendable {
        case all(except: [String])
        case only([String])
    }

    /// Which records were chosen.
    package struct Selection: Sendable {
        /// Positions in the list, in the order that was asked for.
        package var positions: [Int]
        /// How many records meet the condition, whatever the limits and the cursor.
        package var total: Int
    }

    /// Checks that a filter can be run in memory; its values may have been taken out of it. Nothing but a regular
    /// expression remains to be judged when they are known.
    ///
    /// - Throws: ``PlannerError`` `UNSUPPORTED`: full text search, conditions and orders on relations, patterns on types
    ///   whose text only PostgreSQL knows, `distinct`.
    package static func check(_ filter: Filter, of model: Model) throws(PlannerError) {
        _ = try EmbeddedFilter(filter, ItemConditionBuilder(model: model, values: nil))
    }

    /// - Parameters:
    ///   - filter: a resolved filter, or its shape.
    ///   - values: the values of the shape's slots.
    /// - Throws: ``PlannerError`` `UNSUPPORTED` as ``check(_:of:)`` and for regular expressions with lookaround or back
    ///   references; `INVALID_VALUE` for what is no regular expression.
    package init(_ filter: Filter, of model: Model, values: [BoundValue] = []) throws(PlannerError) {
        try self.init(filter, ItemConditionBuilder(model: model, values: values))
    }

    private init(_ filter: Filter, _ builder: ItemConditionBuilder) throws(PlannerError) {
        let model = builder.model
        if filter.distinct {
            throw PlannerError(
                .unsupported,
                "Records of \(model.name) are embedded here, so \"distinct\" is not possible; leave it out.",
                path: "distinct", model: model.name)
        }
        condition = try builder.condition(filter.condition)
        // A cursor's terms are the order, completed by the key.
        order = try ItemOrder(filter.cursor?.keys.map(\.term) ?? filter.order, builder)
        place = filter.cursor.map { ItemOrder.place($0, builder) }
        skip = filter.skip.flatMap { Self.rows($0, builder) } ?? 0
        limit = filter.limit.flatMap { Self.rows($0, builder) }
        members = Self.members(
            filter.fields, of: model, besides: filter.include.map { model.relations[$0.relation].name })
        collated = condition.collated
    }

    private static func rows(_ limit: Filter.RowLimit, _ builder: ItemConditionBuilder) -> Int? {
        switch limit {
        case .unlimited: return nil
        case .rows(let rows): return rows
        case .slot(let slot):
            guard case .integer(let rows) = builder.contents(BoundValue(.int8, .slot(slot))) else { return nil }
            return Int(clamping: rows)
        }
    }

    /// All members but hidden ones (K5), also when the fields are all that may be seen: a record can have members that the
    /// model does not know. Else those of the fields. What is included stands in the place of a member of its name.
    private static func members(_ fields: [Property.ID]?, of model: Model, besides included: [String]) -> Members {
        guard let fields else { return .all(except: model.hiddenNames.union(included).sorted()) }
        let secret = model.properties.filter { $0.isHidden || $0.isProtected }
        if fields.count == model.properties.count - secret.count, !fields.contains(where: secret.map(\.id).contains) {
            return .all(except: model.hiddenNames.union(model.protectedNames).union(included).sorted())
        }
        return .only(
            fields.map { model.properties[$0] }.filter { !$0.isHidden && !included.contains($0.name) }.map(\.name))
    }

    // MARK: Records

    /// Whether texts are compared by their order: in a database whose collation isn't that of the bytes ``TextRanks`` are
    /// needed then.
    package var needsTextOrder: Bool { order.isCollated || !collated.operands.isEmpty }

    /// The texts among these records, and in the filter itself, whose order counts.
    ///
    /// - Throws: what the budget throws.
    package func texts(in items: [JSONValue], budget: inout StepBudget) throws -> [String] {
        var values = collated.values + (place?.keys.compactMap { $0 } ?? [])
        for item in items {
            values += try collated.operands.compactMap { try $0.value(in: item, &budget) }
            if order.isCollated { values += try order.keys(of: item, &budget).compactMap { $0 } }
        }
        return values.flatMap(\.texts)
    }

    /// Chooses and orders records.
    ///
    /// - Parameters:
    ///   - ranks: the order of texts; nil where their bytes tell it.
    ///   - budget: how much work it may be.
    /// - Throws: what the budget throws.
    /// - Complexity: linear in the records without an order; each is read once. Patterns, regular expressions and containment
    ///   take as long as pattern and value, multiplied.
    package func select(
        _ items: [JSONValue], _ ranks: TextRanks? = nil, budget: inout StepBudget
    ) throws -> Selection {
        var chosen = try items.indices.filter { try condition.holds(for: items[$0], ranks, &budget) ?? false }
        let total = chosen.count
        if !order.isEmpty {
            var keyed = try chosen.map { (position: $0, keys: try order.keys(of: items[$0], &budget)) }
            if let place { try keyed.removeAll { try !order.isBeyond(place, $0.keys, ranks, &budget) } }
            try keyed.sort { one, other in
                let result = try order.compare(one.keys, other.keys, ranks, &budget)
                return result == 0 ? one.position < other.position : result < 0
            }
            chosen = keyed.map(\.position)
        }
        let rest: ArraySlice<Int>
        if place?.side == .before, let limit {
            // The records just ahead of the place; without a limit they count from the start, as rows do.
            rest = chosen.dropLast(skip).suffix(limit)
        } else {
            let far = chosen.dropFirst(skip)
            rest = limit.map { far.prefix($0) } ?? far
        }
        return Selection(positions: Array(rest), total: total)
    }

    /// What is shown of a record: its members in their order, the unknown ones too unless `fields` were asked for.
    package func shown(_ item: JSONValue) -> JSONValue {
        guard case .object(let members) = item else { return item }
        switch self.members {
        case .all(let secret) where secret.isEmpty: return item
        case .all(let secret): return .object(members.filter { !Self.contains(secret, $0.key) })
        case .only(let names): return .object(members.filter { Self.contains(names, $0.key) })
        }
    }

    private static func contains(_ names: [String], _ key: String) -> Bool {
        names.contains { $0.hasSameBytes(as: key) }
    }
}

// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import RelationPlanner

/// What a plan is kept under: a model, the shape of a resolved filter, and how it is to be run.
struct PlanKey: Hashable, Sendable {
    let model: Model.ID
    let shape: Filter
    var strategy: Strategy
    let isRootGiven: Bool
    let isInParts: Bool
    /// What is counted and reckoned of the rows instead of reading them; nil where they are read.
    var numbers: Include.Summary?

    /// The same, a round trip for each level.
    var byLevel: PlanKey {
        var key = self
        key.strategy = .byLevel
        return key
    }
}

/// What a lookup by key is kept under: the request as it came.
struct LookupKey: Hashable, Sendable {
    /// Larger filters are not worth the memory: they hold lists of values.
    private static let largest = 100

    let model: String
    let filter: JSONValue?
    let isUnscoped: Bool
    let strategy: Strategy?
    let cursors: CursorSeal
    let limits: FilterLimits
    let isNarrowing: Bool

    /// - Returns: nil for a request that is not to be kept: a large one, or one that says what doesn't count, which has to be
    ///   checked all the same.
    init?(model: String, filter: JSONValue?, isUnscoped: Bool, trees: TreeOptions) {
        if let filter {
            guard case .object(let members) = filter,
                members.allSatisfy({ $0.key == "include" || $0.key == "fields" })
            else { return nil }
            var left = Self.largest
            filter.count(into: &left)
            guard left >= 0 else { return nil }
        }
        (self.model, self.filter, self.isUnscoped) = (model, filter, isUnscoped)
        (strategy, cursors, limits) = (trees.strategy, trees.cursors, trees.filterLimits)
        isNarrowing = trees.isNarrowing
    }
}

extension JSONValue {
    /// Takes the values in it, and one for each 64 bytes of text, off a number, until that is below zero.
    func count(into left: inout Int) {
        left -= 1
        guard left >= 0 else { return }
        switch self {
        case .null, .bool: break
        case .number(let text), .string(let text): left -= text.utf8.count / 64
        case .array(let elements): for element in elements where left >= 0 { element.count(into: &left) }
        case .object(let members):
            for member in members where left >= 0 {
                left -= member.key.utf8.count / 64
                member.value.count(into: &left)
            }
        }
    }
}

/// A request for one record by its key, checked and planned but for the key: servers ask for the same tree of one record
/// again and again.
struct KeyLookup: Sendable {
    let plan: PreparedPlan
    private let model: Model
    /// The values of the key come first.
    private let values: [BoundValue]

    init(_ plan: PreparedPlan, model: Model, values: [BoundValue]) {
        self.plan = plan
        self.model = model
        self.values = values
    }

    /// The values to bind for a key.
    ///
    /// - Throws: ``PlannerError`` `INVALID_VALUE` for a key that its column can't hold.
    func values(for id: JSONValue, _ planning: Planning) throws(PlannerError) -> [BoundValue] {
        var values = values
        for (position, value) in try planning.keyValues(id, of: model).enumerated() {
            // No day is an instant inside one (B10).
            let type = values[position].type
            values[position] = value.type.category == type.category ? value : BoundValue(type, .null)
        }
        return values
    }
}

extension Planning {
    /// The lookup of a model's records by key; of the filter only `include` and `fields` count.
    func lookup(of name: String, filter: JSONValue?, unscoped: Bool) throws -> KeyLookup {
        // What a function gives is this request's alone.
        guard !schema.hasScopeFunctions, !scoped.isOwn,
            let key = LookupKey(model: name, filter: filter, isUnscoped: unscoped, trees: trees)
        else {
            return try makeLookup(of: name, filter: filter, unscoped: unscoped)
        }
        return try lookups.value(key, weight: \.plan.size) {
            try makeLookup(of: name, filter: filter, unscoped: unscoped)
        }
    }

    private func makeLookup(of name: String, filter: JSONValue?, unscoped: Bool) throws -> KeyLookup {
        let model = try self.model(name)
        let key = try primaryKey(of: model)
        let asked =
            try filter.map { try schema.filter($0, for: model.id, limits: trees.filterLimits, cursors: trees.cursors) }
            ?? Filter()
        var lookup = Filter()
        lookup.include = asked.include
        lookup.fields = asked.fields
        // Any values of the types do: they come first among those taken out, for scopes stand behind the caller's condition.
        if trees.isNarrowing { lookup.beNarrowed() }
        let parts = key.map { property in
            Condition.comparison(
                Condition.Operand(property), .equal, BoundValue(model.properties[property].columnType, .text("")))
        }
        lookup.condition = parts.count == 1 ? parts[0] : .all(parts)
        var resolved = try scoped.resolved(lookup, for: model.id, unscoped: unscoped)
        // What is called the key may be shared, by rows of a table that inherits or of a view.
        if !schema.isUnique(model.primaryKey, of: model) { resolved.limit = .rows(1) }
        let (plan, values) = try prepare(resolved, for: model)
        return KeyLookup(plan, model: model, values: values)
    }
}

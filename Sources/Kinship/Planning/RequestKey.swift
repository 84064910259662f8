// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import RelationPlanner

/// A request as it came, for finding again what was made of it: equal are those that differ at most in the values of simple
/// conditions of the root, and in its limit and skip.
///
/// Such values (``literals``) take no part in hashing and comparing, only their kinds do: `{"status": "open"}` and
/// `{"status": "done"}` are one request, `{"status": null}` is another. All else is compared as it was written.
struct RequestKey: Hashable, Sendable {
    /// What is done with it.
    enum Kind: Hashable, Sendable {
        /// A list, to which the default limit applies.
        case list
        /// The first record.
        case first
        /// A count; the filter is the condition.
        case count
        /// Aggregates as they were asked, with the count or without; the filter is the condition.
        case numbers(JSONValue, count: Bool)

        /// Whether what is asked for are records, and not numbers about them: else the filter is a condition alone.
        var isOfRecords: Bool {
            switch self {
            case .list, .first: true
            case .count, .numbers: false
            }
        }
    }

    /// Larger filters are not worth the memory: they hold lists of values.
    private static let largest = 200
    /// What one value may be compared with.
    private static let operators: Set<String> = ["eq", "neq", "gt", "gte", "lt", "lte"]
    /// Longer texts are no simple values.
    private static let longestText = 256

    let kind: Kind
    let model: String
    let scopes: [ScopeRequest]
    let filter: JSONValue?
    let isUnscoped: Bool
    let strategy: Strategy?
    let defaultLimit: Int?
    let cursors: CursorSeal
    let limits: FilterLimits
    let isNarrowing: Bool

    /// - Returns: nil for a request that is not worth keeping.
    init?(
        _ kind: Kind, model: String, scopes: [ScopeRequest], filter: JSONValue?, isUnscoped: Bool, trees: TreeOptions
    ) {
        var left = Self.largest
        filter?.count(into: &left)
        if case .numbers(let functions, _) = kind { functions.count(into: &left) }
        guard left >= 0 else { return nil }
        self.kind = kind
        (self.model, self.scopes, self.filter, self.isUnscoped) = (model, scopes, filter, isUnscoped)
        (strategy, defaultLimit, cursors, limits) = (
            trees.strategy, trees.defaultLimit, trees.cursors, trees.filterLimits
        )
        isNarrowing = trees.isNarrowing
    }

    // MARK: Values

    /// A value that takes no part.
    struct Literal {
        /// The property it is compared with; empty for limit and skip.
        let property: String
        let value: JSONValue
    }

    /// The values that take no part, in their order.
    var literals: [Literal] {
        var literals: [Literal] = []
        guard case .object(let members)? = filter else { return [] }
        if !kind.isOfRecords {
            Self.add(members, to: &literals)
            return literals
        }
        for member in members {
            switch (member.key, member.value) {
            case ("where", .object(let conditions)): Self.add(conditions, to: &literals)
            case ("limit", let value), ("skip", let value):
                if Self.isCount(value) { literals.append(Literal(property: "", value: value)) }
            default: break
            }
        }
        return literals
    }

    private static func add(_ conditions: [JSONValue.Member], to literals: inout [Literal]) {
        for condition in conditions {
            if tag(condition.value) != nil {
                literals.append(Literal(property: condition.key, value: condition.value))
            } else if case .object(let comparisons) = condition.value {
                for comparison in comparisons where operators.contains(comparison.key) && tag(comparison.value) != nil {
                    literals.append(Literal(property: condition.key, value: comparison.value))
                }
            }
        }
    }

    /// The kind of a value that takes no part; nil for all others.
    private static func tag(_ value: JSONValue) -> UInt8? {
        switch value {
        case .bool: 1
        case .number(let text): text.utf8.count <= longestText ? 2 : nil
        case .string(let text): text.utf8.count <= longestText ? 3 : nil
        case .null, .array, .object: nil
        }
    }

    /// Whether it is a number of rows other than none, of which there is nothing to be said but how many.
    private static func isCount(_ value: JSONValue) -> Bool {
        guard case .number(let text) = value, let first = text.utf8.first, text.utf8.count <= 9 else { return false }
        return first != UInt8(ascii: "0") && text.utf8.allSatisfy { UInt8(ascii: "0")...UInt8(ascii: "9") ~= $0 }
    }

    // MARK: Hashing and comparing

    func hash(into hasher: inout Hasher) {
        hasher.combine(kind)
        hasher.combine(model)
        if !scopes.isEmpty { hasher.combine(scopes) }
        hasher.combine(isUnscoped)
        guard case .object(let members)? = filter else { return hasher.combine(filter) }
        if !kind.isOfRecords { return Self.hash(members, into: &hasher) }
        for member in members {
            hasher.combine(member.key)
            switch (member.key, member.value) {
            case ("where", .object(let conditions)): Self.hash(conditions, into: &hasher)
            case ("limit", let value) where Self.isCount(value), ("skip", let value) where Self.isCount(value):
                hasher.combine(2 as UInt8)
            default: hasher.combine(member.value)
            }
        }
    }

    private static func hash(_ conditions: [JSONValue.Member], into hasher: inout Hasher) {
        hasher.combine(conditions.count)
        for condition in conditions {
            hasher.combine(condition.key)
            if let tag = tag(condition.value) {
                hasher.combine(tag)
            } else if case .object(let comparisons) = condition.value {
                for comparison in comparisons {
                    hasher.combine(comparison.key)
                    if operators.contains(comparison.key), let tag = tag(comparison.value) {
                        hasher.combine(tag)
                    } else {
                        hasher.combine(comparison.value)
                    }
                }
            } else {
                hasher.combine(condition.value)
            }
        }
    }

    static func == (one: RequestKey, other: RequestKey) -> Bool {
        guard
            one.kind == other.kind, one.isUnscoped == other.isUnscoped, one.model == other.model,
            one.strategy == other.strategy, one.defaultLimit == other.defaultLimit, one.scopes == other.scopes,
            one.cursors == other.cursors, one.limits == other.limits,
            one.isNarrowing == other.isNarrowing
        else { return false }
        guard case .object(let own)? = one.filter, case .object(let others)? = other.filter else {
            return one.filter == other.filter
        }
        if !one.kind.isOfRecords { return areEqual(own, others) }
        return equal(own, others) { one, other in
            switch (one.key, one.value, other.value) {
            case ("where", .object(let own), .object(let others)): areEqual(own, others)
            case ("limit", let own, let other) where isCount(own) && isCount(other),
                ("skip", let own, let other) where isCount(own) && isCount(other):
                true
            default: one.value == other.value
            }
        }
    }

    private static func areEqual(_ own: [JSONValue.Member], _ others: [JSONValue.Member]) -> Bool {
        equal(own, others) { one, other in
            if let tag = tag(one.value) { return tag == self.tag(other.value) }
            guard case .object(let own) = one.value, case .object(let others) = other.value else {
                return one.value == other.value
            }
            return equal(own, others) { one, other in
                if operators.contains(one.key), let tag = tag(one.value) { return tag == self.tag(other.value) }
                return one.value == other.value
            }
        }
    }

    /// Whether the members have the same names in the same order, and values that are equal.
    private static func equal(
        _ own: [JSONValue.Member], _ others: [JSONValue.Member],
        by areEqual: (JSONValue.Member, JSONValue.Member) -> Bool
    ) -> Bool {
        own.count == others.count
            && zip(own, others).allSatisfy { $0.key.utf8.elementsEqual($1.key.utf8) && areEqual($0, $1) }
    }
}

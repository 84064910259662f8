// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

/// A condition on one embedded record, its values read once: what `Condition` is to a row, without a server.
///
/// Three-valued like SQL: nil is NULL.
indirect enum ItemCondition: Sendable {
    case constant(Bool?)
    case all([ItemCondition])
    case any([ItemCondition])
    case not(ItemCondition)
    case comparison(ItemOperand, Condition.Comparison, ItemValue)
    case isNull(ItemOperand, negated: Bool)
    /// `values` are sorted.
    case member(ItemOperand, values: [ItemValue], matchesNull: Bool, negated: Bool)
    case between(ItemOperand, ItemValue, ItemValue)
    case like(ItemOperand, LikePattern, negated: Bool)
    case expression(ItemOperand, RegularExpression)
    case containment(ItemOperand, Condition.Containment, ItemValue)
    case columns(ItemOperand, Condition.Comparison, ItemOperand)
    case near(ItemOperand, Place)

    /// A centre and the distances from it, in metres.
    struct Place: Sendable {
        var center: ItemValue
        var minimum: Double?
        var maximum: Double?
    }

    /// Whether a record meets the condition.
    ///
    /// - Parameter ranks: the order of texts; nil where their bytes tell it.
    /// - Throws: what the budget throws.
    func holds(for item: JSONValue, _ ranks: TextRanks?, _ budget: inout StepBudget) throws -> Bool? {
        try budget.spend(1)
        switch self {
        case .constant(let value): return value
        case .all(let conditions):
            var result: Bool? = true
            for condition in conditions {
                switch try condition.holds(for: item, ranks, &budget) {
                case false?: return false
                case nil: result = nil
                case true?: break
                }
            }
            return result
        case .any(let conditions):
            var result: Bool? = false
            for condition in conditions {
                switch try condition.holds(for: item, ranks, &budget) {
                case true?: return true
                case nil: result = nil
                case false?: break
                }
            }
            return result
        case .not(let condition): return !(try condition.holds(for: item, ranks, &budget) ?? false)
        case .isNull(let operand, let negated): return (try operand.json(in: item, &budget) == nil) != negated
        case .comparison(let operand, let comparison, let value):
            return try operand.value(in: item, &budget).flatMap { try comparison.holds($0, value, ranks, &budget) }
        case .columns(let operand, let comparison, let other):
            guard let one = try operand.value(in: item, &budget), let other = try other.value(in: item, &budget) else {
                return nil
            }
            return try comparison.holds(one, other, ranks, &budget)
        case .between(let operand, let low, let high):
            guard let value = try operand.value(in: item, &budget),
                let aboveLow = try ItemValue.compare(low, value, ranks, &budget),
                let belowHigh = try ItemValue.compare(value, high, ranks, &budget)
            else { return nil }
            return aboveLow <= 0 && belowHigh <= 0
        case .member(let operand, let values, let matchesNull, let negated):
            let json = try operand.json(in: item, &budget)
            if matchesNull, json == nil { return !negated }
            guard let value = try json.flatMap({ try operand.read($0, &budget) }) else {
                return values.isEmpty ? negated : nil
            }
            return try Self.contains(values, value, &budget) != negated
        case .like(let operand, let pattern, let negated):
            return try operand.text(in: item, &budget).map { try pattern.matches($0, &budget) != negated }
        case .expression(let operand, let expression):
            return try operand.text(in: item, &budget).map { try expression.matches($0, &budget) }
        case .containment(let operand, let containment, let value):
            return try operand.value(in: item, &budget).flatMap { try containment.holds($0, value, &budget) }
        case .near(let operand, let place):
            guard let distance = try operand.value(in: item, &budget).flatMap({ $0.distance(to: place.center) }) else {
                // Without a bound, it asks whether there is a place.
                return place.minimum == nil && place.maximum == nil ? false : nil
            }
            return (place.minimum.map { distance >= $0 } ?? true) && (place.maximum.map { distance <= $0 } ?? true)
        }
    }

    private static func contains(
        _ values: [ItemValue], _ value: ItemValue, _ budget: inout StepBudget
    ) throws -> Bool {
        var (low, high) = (0, values.count)
        while low < high {
            let middle = (low + high) / 2
            guard let order = try ItemValue.compare(values[middle], value, nil, &budget) else { return false }
            if order == 0 { return true }
            if order < 0 { low = middle + 1 } else { high = middle }
        }
        return false
    }
}

extension Condition.Comparison {
    func holds(
        _ one: ItemValue, _ other: ItemValue, _ ranks: TextRanks?, _ budget: inout StepBudget
    ) throws -> Bool? {
        guard let order = try ItemValue.compare(one, other, ranks, &budget) else {
            // Points are the same or not, and have no order.
            guard case .point = one, case .point = other else { return nil }
            return self == .notEqual
        }
        return switch self {
        case .equal: order == 0
        case .notEqual: order != 0
        case .less: order < 0
        case .lessOrEqual: order <= 0
        case .greater: order > 0
        case .greaterOrEqual: order >= 0
        }
    }
}

extension Condition.Containment {
    /// NULL elements are contained in nothing.
    func holds(_ one: ItemValue, _ other: ItemValue, _ budget: inout StepBudget) throws -> Bool? {
        func contains(_ list: [ItemValue?], _ element: ItemValue?) throws -> Bool {
            try list.contains { member in
                guard let member, let element else { return false }
                return try ItemValue.compare(member, element, nil, &budget) == 0
            }
        }
        switch (one, other) {
        case (.json(let one), .json(let other)):
            return self == .contains ? try JSONOrder.contains(one, other, &budget) : nil
        case (.array(let one), .array(let other)):
            return switch self {
            case .contains: try other.allSatisfy { try contains(one, $0) }
            case .containedBy: try one.allSatisfy { try contains(other, $0) }
            case .overlaps: try one.contains { try contains(other, $0) }
            }
        default: return nil
        }
    }
}

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
    func holds(for item: JSONValue, _ ranks: TextRanks? = nil) -> Bool? {
        switch self {
        case .constant(let value): return value
        case .all(let conditions):
            var result: Bool? = true
            for condition in conditions {
                switch condition.holds(for: item, ranks) {
                case false?: return false
                case nil: result = nil
                case true?: break
                }
            }
            return result
        case .any(let conditions):
            var result: Bool? = false
            for condition in conditions {
                switch condition.holds(for: item, ranks) {
                case true?: return true
                case nil: result = nil
                case false?: break
                }
            }
            return result
        case .not(let condition): return !(condition.holds(for: item, ranks) ?? false)
        case .isNull(let operand, let negated): return (operand.json(in: item) == nil) != negated
        case .comparison(let operand, let comparison, let value):
            return operand.value(in: item).flatMap { comparison.holds($0, value, ranks) }
        case .columns(let operand, let comparison, let other):
            guard let one = operand.value(in: item), let other = other.value(in: item) else { return nil }
            return comparison.holds(one, other, ranks)
        case .between(let operand, let low, let high):
            guard let value = operand.value(in: item), let aboveLow = ItemValue.compare(low, value, ranks),
                let belowHigh = ItemValue.compare(value, high, ranks)
            else { return nil }
            return aboveLow <= 0 && belowHigh <= 0
        case .member(let operand, let values, let matchesNull, let negated):
            let json = operand.json(in: item)
            if matchesNull, json == nil { return !negated }
            guard let value = json.flatMap(operand.read) else { return values.isEmpty ? negated : nil }
            return Self.contains(values, value) != negated
        case .like(let operand, let pattern, let negated):
            return operand.text(in: item).map { pattern.matches($0) != negated }
        case .expression(let operand, let expression):
            return operand.text(in: item).map(expression.matches)
        case .containment(let operand, let containment, let value):
            return operand.value(in: item).flatMap { containment.holds($0, value) }
        case .near(let operand, let place):
            guard let distance = operand.value(in: item).flatMap({ $0.distance(to: place.center) }) else {
                // Without a bound, it asks whether there is a place.
                return place.minimum == nil && place.maximum == nil ? false : nil
            }
            return (place.minimum.map { distance >= $0 } ?? true) && (place.maximum.map { distance <= $0 } ?? true)
        }
    }

    private static func contains(_ values: [ItemValue], _ value: ItemValue) -> Bool {
        var (low, high) = (0, values.count)
        while low < high {
            let middle = (low + high) / 2
            guard let order = ItemValue.compare(values[middle], value) else { return false }
            if order == 0 { return true }
            if order < 0 { low = middle + 1 } else { high = middle }
        }
        return false
    }
}

extension Condition.Comparison {
    func holds(_ one: ItemValue, _ other: ItemValue, _ ranks: TextRanks? = nil) -> Bool? {
        guard let order = ItemValue.compare(one, other, ranks) else {
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
    func holds(_ one: ItemValue, _ other: ItemValue) -> Bool? {
        func contains(_ list: [ItemValue?], _ element: ItemValue?) -> Bool {
            list.contains { member in
                guard let member, let element else { return false }
                return ItemValue.compare(member, element) == 0
            }
        }
        switch (one, other) {
        case (.json(let one), .json(let other)):
            return self == .contains ? JSONOrder.contains(one, other) : nil
        case (.array(let one), .array(let other)):
            return switch self {
            case .contains: other.allSatisfy { contains(one, $0) }
            case .containedBy: one.allSatisfy { contains(other, $0) }
            case .overlaps: one.contains { contains(other, $0) }
            }
        default: return nil
        }
    }
}

// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

/// How PostgreSQL's jsonb orders and contains documents, and what is at a path in one.
enum JSONOrder {
    /// Less than, equal to or greater than 0, as `jsonb_cmp` has it.
    static func compare(_ one: JSONValue, _ other: JSONValue, _ budget: inout StepBudget) throws -> Int {
        switch (one, other) {
        // As a whole document a scalar counts as a list of one that is less than any true list, except that an empty list
        // is less than it.
        case (.array(let elements), _) where !other.isContainer: elements.isEmpty ? -1 : 1
        case (_, .array(let elements)) where !one.isContainer: elements.isEmpty ? 1 : -1
        default: try nested(one, other, &budget)
        }
    }

    private static func nested(_ one: JSONValue, _ other: JSONValue, _ budget: inout StepBudget) throws -> Int {
        try budget.spend(min(one.breadth, other.breadth))
        switch (one, other) {
        case (.bool(let one), .bool(let other)): return ItemValue.order(one ? 1 : 0, other ? 1 : 0)
        case (.string(let one), .string(let other)): return one.compareBytes(with: other)
        case (.number(let one), .number(let other)): return numbers(one, other)
        case (.array(let one), .array(let other)):
            if one.count != other.count { return ItemValue.order(one.count, other.count) }
            for (one, other) in zip(one, other) {
                let result = try nested(one, other, &budget)
                if result != 0 { return result }
            }
            return 0
        case (.object(let one), .object(let other)):
            if one.count != other.count { return ItemValue.order(one.count, other.count) }
            for (one, other) in zip(sorted(one), sorted(other)) {
                let key = one.key.compareBytes(with: other.key)
                let result = key != 0 ? key : try nested(one.value, other.value, &budget)
                if result != 0 { return result }
            }
            return 0
        default: return ItemValue.order(rank(one), rank(other))
        }
    }

    private static func numbers(_ one: String, _ other: String) -> Int {
        guard let left = DecimalText(one), let right = DecimalText(other) else { return one.compareBytes(with: other) }
        return DecimalText.compare(left, right)
    }

    private static func rank(_ json: JSONValue) -> Int {
        switch json {
        case .null: 0
        case .string: 1
        case .number: 2
        case .bool: 3
        case .array: 4
        case .object: 5
        }
    }

    /// The members as jsonb keeps them: shorter keys first.
    static func sorted(_ members: [JSONValue.Member]) -> [JSONValue.Member] {
        members.sorted { one, other in
            let (count, otherCount) = (one.key.utf8.count, other.key.utf8.count)
            return count == otherCount ? one.key.compareBytes(with: other.key) < 0 : count < otherCount
        }
    }

    /// `one @> other`.
    static func contains(_ one: JSONValue, _ other: JSONValue, _ budget: inout StepBudget) throws -> Bool {
        switch (one, other) {
        case (.object, .object), (.array, .array): try within(one, other, &budget)
        // A list contains a scalar of its elements, at the top only.
        case (.array(let elements), _) where !other.isContainer:
            try elements.contains { try nested($0, other, &budget) == 0 }
        case _ where !one.isContainer && !other.isContainer: try nested(one, other, &budget) == 0
        default: false
        }
    }

    private static func within(_ one: JSONValue, _ other: JSONValue, _ budget: inout StepBudget) throws -> Bool {
        try budget.spend(1)
        switch (one, other) {
        case (.object(let members), .object(let wanted)):
            return try wanted.allSatisfy { member in
                try budget.spend(1 + members.count / 4)
                return try members.first { $0.key.hasSameBytes(as: member.key) }
                    .map { try within($0.value, member.value, &budget) } ?? false
            }
        case (.array(let elements), .array(let wanted)):
            return try wanted.allSatisfy { value in try elements.contains { try within($0, value, &budget) } }
        default: return !one.isContainer && !other.isContainer ? try nested(one, other, &budget) == 0 : false
        }
    }

    /// `json #> path`: nil where there is nothing.
    static func value(in json: JSONValue, at path: [String], _ budget: inout StepBudget) throws -> JSONValue? {
        var value = json
        for key in path {
            switch value {
            case .object(let members):
                try budget.spend(1 + members.count / 4)
                guard let member = members.first(where: { $0.key.hasSameBytes(as: key) }) else { return nil }
                value = member.value
            case .array(let elements):
                guard let number = integer(key) else { return nil }
                let position = number < 0 ? elements.count + number : number
                guard elements.indices.contains(position) else { return nil }
                value = elements[position]
            default: return nil
            }
        }
        return value
    }

    /// An int4 as `strtol` reads it: with white space ahead and a sign.
    private static func integer(_ text: String) -> Int? {
        let digits = text.utf8.drop { $0 == 0x20 || (0x09...0x0D).contains($0) }
        return Int32(String(decoding: digits, as: UTF8.self)).map(Int.init)
    }

    /// `json #>> path`, the text jsonb has for a value; nil for null.
    static func text(_ json: JSONValue, _ budget: inout StepBudget) throws -> String? {
        switch json {
        case .null: return nil
        case .string(let text): return text
        default:
            var bytes: [UInt8] = []
            try write(json, into: &bytes, &budget)
            return String(decoding: bytes, as: UTF8.self)
        }
    }

    /// What is written costs before there is memory for it: a number of a few characters may come to many thousands.
    private static func write(_ json: JSONValue, into bytes: inout [UInt8], _ budget: inout StepBudget) throws {
        try budget.spend(json.breadth)
        switch json {
        case .null, .bool, .string: json.write(into: &bytes)
        case .number(let digits):
            let text = ItemText.numeric(digits) ?? digits
            try budget.spend(text.utf8.count / 16)
            bytes += text.utf8
        case .array(let elements):
            bytes.append(UInt8(ascii: "["))
            for (position, element) in elements.enumerated() {
                if position > 0 { bytes += ", ".utf8 }
                try write(element, into: &bytes, &budget)
            }
            bytes.append(UInt8(ascii: "]"))
        case .object(let members):
            bytes.append(UInt8(ascii: "{"))
            for (position, member) in sorted(members).enumerated() {
                if position > 0 { bytes += ", ".utf8 }
                JSONValue.write(member.key, into: &bytes)
                bytes += ": ".utf8
                try write(member.value, into: &bytes, &budget)
            }
            bytes.append(UInt8(ascii: "}"))
        }
    }
}

// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Kinship

/// Makes values up: valid by a property's type and rules, and distinct.
struct ValueMaker {
    let schema: Schema
    let model: Model

    /// A value of a property.
    ///
    /// - Throws: ``TestingError`` `FACTORY_VALUE` where none can be found.
    func value(of property: Property, _ number: TestNumber) throws(TestingError) -> JSONValue {
        let rules = Rules(property)
        if let allowed = rules.allowed {
            guard let first = allowed.first(where: { $0 != .null }) else {
                throw refused(property, "its enum allows nothing")
            }
            return first
        }
        if let pattern = rules.pattern {
            guard let text = PatternText.text(of: pattern, number) else {
                throw refused(property, "its pattern \(pattern) is beyond what can be made up")
            }
            return .string(text)
        }
        return try value(of: property.columnType, property, rules, number)
    }

    private func value(
        of type: ColumnType, _ property: Property, _ rules: Rules, _ number: TestNumber
    ) throws(TestingError) -> JSONValue {
        let isUnique = schema.isUnique([property.column], of: model) || model.primaryKey.contains(property.id)
        let count = isUnique ? number.unique : number.count
        switch type.category {
        case .bool: return .bool(false)
        case .int2: return try whole(count, property, rules, most: 32_767)
        case .int4: return try whole(count, property, rules, most: 2_147_483_647)
        case .int8, .float8: return try whole(count, property, rules, most: 1 << 53)
        case .float4: return try whole(count, property, rules, most: 1 << 24)
        case .numeric:
            let digits = min(15, max(0, (type.precision ?? 15) - (type.scale ?? 0)))
            return try whole(count, property, rules, most: (0..<digits).reduce(1) { most, _ in most * 10 } - 1)
        case .text:
            switch property.kind {
            case .object, .any: return .object([])
            case .array: return .array([])
            default: return .string(text(property, rules, type.length, number))
            }
        case .uuid: return .string(uuid(number))
        case .date: return .string(day(number))
        case .timestamp, .timestamptz:
            return .string("\(day(number))T\(time(number))\(type.category == .timestamptz ? "Z" : "")")
        case .time: return .string(time(number))
        case .timetz: return .string("\(time(number))+00")
        case .interval: return .string("PT\(number.count)S")
        case .json, .jsonb:
            if case .array = property.kind { return .array([]) }
            return .object([])
        case .bytea: return .string("AA==")
        case .point: return .object([.init("lat", .number("0")), .init("lng", .number("0"))])
        case .enumeration(let labels):
            guard let first = labels.first else { throw refused(property, "its type has no labels") }
            return .string(first)
        case .array: return .array([])
        case .other: throw refused(property, "nothing is known of the type \(type.name)")
        }
    }

    private func refused(_ property: Property, _ reason: String) -> TestingError {
        TestingError(
            .value, "No value can be made up for \(model.name).\(property.name), for \(reason): give one.",
            model: model.name, property: property.name)
    }

    // MARK: Kinds of values

    /// A whole number between the rules' bounds, another one for each number as long as there are any.
    private func whole(
        _ count: Int, _ property: Property, _ rules: Rules, most: Int
    ) throws(TestingError) -> JSONValue {
        let highest = min(most, rules.most.map { Int($0.rounded(.down)) } ?? most)
        let lowest = rules.least.map { Int($0.rounded(.up)) } ?? min(1, highest)
        guard lowest <= highest else { throw refused(property, "there is no whole number between its bounds") }
        let (width, overflows) = highest.subtractingReportingOverflow(lowest)
        let step = (count - 1) % (overflows || width == Int.max ? Int.max : width + 1)
        return .number(String(lowest + step))
    }

    private func text(_ property: Property, _ rules: Rules, _ length: Int?, _ number: TestNumber) -> String {
        let name = property.name.lowercased()
        let word = number.word
        var text = "\(property.name)-\(word)"
        if name.contains("email") { text = "\(word)@example.org" }
        if name.hasSuffix("url") { text = "https://example.org/\(word)" }
        if let least = rules.shortest, text.count < least {
            text = String(repeating: "x", count: least - text.count) + text
        }
        guard let most = [length, rules.longest].compactMap({ $0 }).min(), text.count > most else { return text }
        // Too short for a name: what differs is at the end.
        let short = String(word.suffix(most))
        return String(repeating: "x", count: max(0, min(most, rules.shortest ?? 0) - short.count)) + short
    }

    private func uuid(_ number: TestNumber) -> String {
        let digits = String(number.unique, radix: 16)
        return "00000000-0000-4000-8000-" + String(repeating: "0", count: max(0, 12 - digits.count)) + digits
    }

    private func day(_ number: TestNumber) -> String { "2024-01-\(Self.two(1 + number.count % 28))" }

    private func time(_ number: TestNumber) -> String {
        "\(Self.two(number.count / 3600 % 24)):\(Self.two(number.count / 60 % 60)):\(Self.two(number.count % 60))"
    }

    private static func two(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }

    /// What the definition says of values beside their type.
    private struct Rules {
        var allowed: [JSONValue]?
        var pattern: String?
        var least, most: Double?
        var shortest, longest: Int?

        init(_ property: Property) {
            var settings = property.definition.settings
            for member in settings where member.key == "jsonSchema" { settings += member.value.members ?? [] }
            func number(_ names: String...) -> Double? {
                settings.first { names.contains($0.key) }.flatMap { member in
                    if case .number(let text) = member.value { Double(text) } else { nil }
                }
            }
            allowed = settings.first { $0.key == "enum" }?.value.elements
            pattern = settings.first { $0.key == "pattern" }?.value.text
            (least, most) = (number("min", "minimum"), number("max", "maximum"))
            shortest = number("minLength").map { Int($0) }
            longest = [number("maxLength").map { Int($0) }, property.definition.length].compactMap { $0 }.min()
        }
    }
}

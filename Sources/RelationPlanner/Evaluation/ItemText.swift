// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import CivilDates

/// The text of a value, `value::text`, for patterns.
enum ItemText {
    /// Whether the text of a type's values can be told without the server.
    static func isKnown(_ type: ColumnType) -> Bool {
        switch type.category {
        case .interval, .timetz, .bytea, .point, .array: false
        default: true
        }
    }

    /// The text; nil for what is of another type.
    static func text(_ json: JSONValue, _ operand: ItemOperand, _ budget: inout StepBudget) throws -> String? {
        switch operand.type.category {
        case .json: return json == .null ? nil : json.description
        case .jsonb:
            if case .string(let text) = json {
                var bytes: [UInt8] = []
                JSONValue.write(text, into: &bytes)
                return String(decoding: bytes, as: UTF8.self)
            }
            return try JSONOrder.text(json, &budget)
        case .text, .enumeration, .other:
            if case .string(let text) = json, try operand.read(json, &budget) != nil { return text }
        default: break
        }
        guard let value = try operand.read(json, &budget) else { return nil }
        switch (value, operand.type.category) {
        case (.bool(let flag), _): return flag ? "true" : "false"
        case (.double(let value), .float4): return double(value, Float(value).description, fixedBelow: 6)
        case (.double(let value), _): return double(value, value.description, fixedBelow: 15)
        case (.integer, _), (.decimal, _):
            if case .number(let digits) = json { return numeric(digits) }
            return json.text.flatMap { numeric($0.trimmingSpace) }
        case (.text(let text), _): return text
        case (.uuid(let high, let low), _): return uuid(high, low)
        case (.instant(.max), _): return "infinity"
        case (.instant(.min), _): return "-infinity"
        case (.instant(let instant), .date): return date(instant)
        case (.instant(let instant), .timestamp): return date(instant, time: true)
        case (.instant(let instant), _): return date(instant, time: true, suffix: "+00")
        case (.time(let time), _): return clock(time)
        default: return nil
        }
    }

    /// A number as numeric has it: no exponent, and as many digits behind the point as were written.
    static func numeric(_ text: String) -> String? {
        guard let value = DecimalText(text) else { return nil }
        let parts = text.split(omittingEmptySubsequences: false) { $0 == "e" || $0 == "E" }
        let exponent = parts.count > 1 ? Int(parts[1]) ?? 0 : 0
        let fraction = parts.first?.split(separator: ".").dropFirst().first?.utf8.count ?? 0
        let scale = max(0, fraction - exponent)
        // What the server can't hold as numeric.
        guard value.plainLength <= 150_000, scale <= 16_383 else { return nil }
        var plain = value.plain
        let known = max(0, value.digits.isEmpty ? 0 : -value.exponent)
        if scale > known {
            if known == 0 { plain += "." }
            plain += String(repeating: "0", count: scale - known)
        }
        return plain
    }

    /// A float as PostgreSQL writes it: the shortest digits, with an exponent outside of 1e-4 … 1e15 (1e6 for real).
    private static func double(_ value: Double, _ text: String, fixedBelow limit: Int) -> String? {
        if value.isNaN { return "NaN" }
        if value.isInfinite { return value < 0 ? "-Infinity" : "Infinity" }
        guard let decimal = DecimalText(text) else { return nil }
        let sign = value.sign == .minus ? "-" : ""
        guard !decimal.digits.isEmpty else { return sign + "0" }
        let exponent = decimal.digits.count + decimal.exponent - 1
        if exponent >= -4, exponent < limit { return decimal.plain }
        let digits = String(decoding: decimal.digits, as: UTF8.self)
        let mantissa = digits.utf8.count == 1 ? digits : "\(digits.prefix(1)).\(digits.dropFirst())"
        let power = String(exponent.magnitude)
        return "\(sign)\(mantissa)e\(exponent < 0 ? "-" : "+")\(power.utf8.count == 1 ? "0" : "")\(power)"
    }

    private static func uuid(_ high: UInt64, _ low: UInt64) -> String {
        var digits = ""
        for word in [high, low] {
            let text = String(word, radix: 16)
            digits += String(repeating: "0", count: 16 - text.utf8.count) + text
        }
        var groups: [Substring] = []
        for count in [8, 4, 4, 4, 12] {
            groups.append(digits.prefix(count))
            digits.removeFirst(count)
        }
        return groups.joined(separator: "-")
    }

    private static func padded(_ value: Int64, _ width: Int = 2) -> String {
        let text = String(value)
        return String(repeating: "0", count: max(0, width - text.utf8.count)) + text
    }

    private static func clock(_ microseconds: Int64) -> String {
        var text =
            "\(padded(microseconds / 3_600_000_000)):\(padded(microseconds / 60_000_000 % 60)):\(padded(microseconds / 1_000_000 % 60))"
        var fraction = padded(microseconds % 1_000_000, 6)
        while fraction.hasSuffix("0") { fraction.removeLast() }
        if !fraction.isEmpty { text += "." + fraction }
        return text
    }

    /// `2024-01-31`, `2024-01-31 08:15:00.5+00`, years before 1 as `0044-03-15 BC`.
    private static func date(_ instant: Int64, time: Bool = false, suffix: String = "") -> String {
        let (days, rest) = CivilDate.split(instant)
        let day = CivilDate(daysSince2000: days)
        let year = Int64(day.year > 0 ? day.year : 1 - day.year)
        let text = "\(padded(year, 4))-\(padded(Int64(day.month)))-\(padded(Int64(day.day)))"
        return text + (time ? " " + clock(rest) + suffix : "") + (day.year > 0 ? "" : " BC")
    }
}

// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Foundation
import RelationPlanner

/// A value as the rules compare it.
indirect enum Value: Sendable {
    /// Whole numbers and numerics.
    case exact(Decimal)
    /// Floating point; NaN and the infinities of numerics too.
    case double(Double)
    case text(String)
    case bool(Bool)
    /// Microseconds since 1970; Int64.max is infinity.
    case instant(Int64)
    /// Days since 1970.
    case day(Int64)
    case json(JSONValue)
    case list([Value?])
    case point(x: Double, y: Double)
}

/// One column of one row.
struct Cell: Sendable {
    /// nil for NULL.
    let value: Value?
    /// PostgreSQL's text of it.
    let text: String?
    /// How it stands in an answer.
    let json: JSONValue

    static let null = Cell(value: nil, text: nil, json: .null)

    /// A cell of the server's text.
    init(_ text: String?, _ kind: TableSpec.Kind) throws {
        guard let text else {
            self = .null
            return
        }
        let value = try Self.value(text, kind)
        self.value = value
        self.text = text
        json = Self.json(value, text)
    }

    private init(value: Value?, text: String?, json: JSONValue) {
        (self.value, self.text, self.json) = (value, text, json)
    }

    private static func value(_ text: String, _ kind: TableSpec.Kind) throws -> Value {
        switch kind {
        case .int2, .int4, .int8, .numeric:
            if text == "NaN" { return .double(.nan) }
            return .exact(try known(Decimal(string: text), text))
        case .float8: return .double(try known(Double(text), text))
        case .text, .uuid: return .text(text)
        case .bool: return .bool(text == "true")
        case .timestamptz, .date:
            if text == "infinity" { return .instant(.max) }
            let parsed = try known(Instants.parse(text), text)
            return kind == .date
                ? .day(parsed / Instants.perDay - (parsed % Instants.perDay < 0 ? 1 : 0)) : .instant(parsed)
        case .jsonb: return .json(try JSONValue(parsing: text))
        case .list(let element):
            return .list(try elements(text).map { try $0.map { try value($0, element) } })
        case .point:
            let parts = text.dropFirst().dropLast().split(separator: ",").compactMap { Double($0) }
            guard parts.count == 2 else { throw Unreadable(text: text) }
            return .point(x: parts[0], y: parts[1])
        }
    }

    struct Unreadable: Error { let text: String }

    private static func known<T>(_ value: T?, _ text: String) throws -> T {
        guard let value else { throw Unreadable(text: text) }
        return value
    }

    /// `{a,"b,c",NULL}`.
    private static func elements(_ text: String) -> [String?] {
        var elements: [String?] = []
        var current = ""
        var (isQuoted, wasQuoted, isEscaped) = (false, false, false)
        func finish() {
            if !current.isEmpty || wasQuoted { elements.append(!wasQuoted && current == "NULL" ? nil : current) }
            (current, wasQuoted) = ("", false)
        }
        for character in text.dropFirst().dropLast() {
            if isEscaped {
                current.append(character)
                isEscaped = false
            } else if character == "\\" {
                isEscaped = true
            } else if character == "\"" {
                isQuoted.toggle()
                wasQuoted = true
            } else if character == ",", !isQuoted {
                finish()
            } else {
                current.append(character)
            }
        }
        finish()
        return elements
    }

    private static func json(_ value: Value, _ text: String) -> JSONValue {
        switch value {
        case .exact: .number(text)
        case .double(let double): double.isFinite ? .number(text) : .string(text)
        case .text: .string(text)
        case .bool(let flag): .bool(flag)
        case .instant(let micro): .string(micro == .max ? "infinity" : Instants.text(micro))
        case .day(let day): .string(Instants.text(day * Instants.perDay))
        case .json(let json): json
        case .list(let elements):
            .array(elements.map { element in element.map { json($0, plain($0)) } ?? .null })
        case .point(let x, let y): ["lat": JSONValue(y), "lng": JSONValue(x)]
        }
    }

    private static func plain(_ value: Value) -> String {
        switch value {
        case .exact(let number): "\(number)"
        case .text(let text): text
        default: ""
        }
    }
}

/// Points in time, counted by the C library.
enum Instants {
    static let perDay: Int64 = 86_400_000_000

    /// Microseconds since 1970 of `2024-02-29`, `2024-02-29 23:59:59.9+00`, `2024-02-29T23:59:59.9Z` and `…+02:00`.
    static func parse(_ text: String) -> Int64? {
        let pattern =
            #/(\d{4})-(\d\d)-(\d\d)(?:[T ](\d\d):(\d\d):(\d\d)(?:\.(\d{1,6}))?(?:Z|([+-])(\d\d)(?::(\d\d))?)?)?/#
        guard let match = text.wholeMatch(of: pattern) else { return nil }
        func number(_ text: Substring?) -> Int { text.flatMap { Int($0) } ?? 0 }
        let fields = match.output
        var time = tm()
        time.tm_year = Int32(number(fields.1) - 1900)
        time.tm_mon = Int32(number(fields.2) - 1)
        time.tm_mday = Int32(number(fields.3))
        let (month, day) = (time.tm_mon, time.tm_mday)
        time.tm_hour = Int32(number(fields.4))
        time.tm_min = Int32(number(fields.5))
        time.tm_sec = Int32(number(fields.6))
        let seconds = timegm(&time)
        // A day that there isn't was carried into the next month.
        guard time.tm_mon == month, time.tm_mday == day else { return nil }
        let fraction = fields.7.map { Int64($0 + String(repeating: "0", count: 6 - $0.count)) ?? 0 } ?? 0
        let offset = (number(fields.9) * 60 + number(fields.10)) * (fields.8 == "-" ? -60 : 60)
        return (Int64(seconds) - Int64(offset)) * 1_000_000 + fraction
    }

    /// ISO 8601 with milliseconds; what is smaller is cut off (K9).
    static func text(_ micro: Int64) -> String {
        let milli = micro >= 0 ? micro / 1000 : (micro - 999) / 1000
        let second = milli >= 0 ? milli / 1000 : (milli - 999) / 1000
        var clock = time_t(second)
        var fields = tm()
        gmtime_r(&clock, &fields)
        let date = String(
            format: "%04d-%02d-%02dT%02d:%02d:%02d", fields.tm_year + 1900, fields.tm_mon + 1, fields.tm_mday,
            fields.tm_hour, fields.tm_min, fields.tm_sec)
        return date + String(format: ".%03dZ", Int32(milli - second * 1000))
    }
}

// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Foundation
import RelationPlanner

/// Reads the values of filters as a column's (D7, K3).
enum ValueReading {
    /// The value; nil when it doesn't fit. Not for null.
    static func value(_ json: JSONValue, _ kind: TableSpec.Kind) -> Value? {
        switch kind {
        case .int2: whole(json, -32768, 32767)
        case .int4: whole(json, -2_147_483_648, 2_147_483_647)
        case .int8: whole(json, Decimal(Int64.min), Decimal(Int64.max))
        case .numeric: special(json) ?? digits(json).flatMap { Decimal(string: $0) }.map { .exact($0) }
        case .float8:
            special(json) ?? digits(json).flatMap { Double($0) }.flatMap { $0.isFinite ? .double($0) : nil }
        case .text:
            switch json {
            case .string(let text): text.utf8.contains(0) ? nil : .text(text)
            case .number(let text): .text(Decimal(string: text).map { "\($0)" } ?? text)
            case .bool(let flag): .text(flag ? "true" : "false")
            default: nil
            }
        case .bool:
            switch json {
            case .bool(let flag): .bool(flag)
            case .number("1"): .bool(true)
            case .number("0"): .bool(false)
            case .string(let text):
                if ["true", "t", "1", "yes", "y", "on"].contains(text.lowercased()) {
                    .bool(true)
                } else if ["false", "f", "0", "no", "n", "off"].contains(text.lowercased()) {
                    .bool(false)
                } else {
                    nil
                }
            default: nil
            }
        case .timestamptz: instant(json).map { .instant($0) }
        case .date:
            // What is inside a day is compared with its midnight (B10).
            instant(json).map { micro in
                micro % Instants.perDay == 0 ? .day(micro / Instants.perDay) : .instant(micro)
            }
        case .uuid:
            json.text.flatMap { text in
                text.wholeMatch(of: #/[0-9a-fA-F]{8}(-?[0-9a-fA-F]{4}){3}-?[0-9a-fA-F]{12}/#) == nil
                    ? nil : .text(dashed(text.lowercased()))
            }
        // The server's texts can't hold NUL, escaped or not.
        case .jsonb: json.description.contains("\\u0000") ? nil : .json(json)
        case .list(let element): list(json, element)
        case .point: point(json)
        }
    }

    private static func list(_ json: JSONValue, _ element: TableSpec.Kind) -> Value? {
        guard let elements = json.elements else { return nil }
        var values: [Value?] = []
        for json in elements {
            if json == .null {
                values.append(nil)
            } else if let value = value(json, element) {
                values.append(value)
            } else {
                return nil
            }
        }
        return .list(values)
    }

    private static func digits(_ json: JSONValue) -> String? {
        switch json {
        case .number(let text): return text
        case .string(let text):
            let trimmed = text.trimmingCharacters(in: .whitespaces)
            return trimmed.wholeMatch(of: #/[+-]?\d+(\.\d+)?([eE][+-]?\d+)?/#) == nil ? nil : trimmed
        default: return nil
        }
    }

    private static func whole(_ json: JSONValue, _ low: Decimal, _ high: Decimal) -> Value? {
        guard let text = digits(json), let number = Decimal(string: text), number >= low, number <= high else {
            return nil
        }
        var (value, rounded) = (number, Decimal())
        NSDecimalRound(&rounded, &value, 0, .down)
        return rounded == number ? .exact(number) : nil
    }

    private static func special(_ json: JSONValue) -> Value? {
        switch json.text {
        case "NaN": .double(.nan)
        case "Infinity": .double(.infinity)
        case "-Infinity": .double(-.infinity)
        default: nil
        }
    }

    private static func instant(_ json: JSONValue) -> Int64? {
        switch json {
        case .number(let text):
            // Parts of a microsecond are cut off.
            guard let micro = Decimal(string: text).flatMap({ Double("\($0 * 1000)") }),
                micro >= -210_866_803_200_000_000, micro < 9_200_000_000_000_000_000
            else { return nil }
            return Int64(micro)
        case .string("infinity"): return .max
        case .string(let text): return Instants.parse(text)
        default: return nil
        }
    }

    private static func dashed(_ text: String) -> String {
        let digits = text.filter { $0 != "-" }
        var dashed = ""
        for (position, digit) in digits.enumerated() {
            if [8, 12, 16, 20].contains(position) { dashed += "-" }
            dashed.append(digit)
        }
        return dashed
    }

    private static func point(_ json: JSONValue) -> Value? {
        func coordinate(_ json: JSONValue?, _ limit: Double) -> Double? {
            guard let text = json.flatMap(digits), let value = Double(text), abs(value) <= limit else { return nil }
            return value
        }
        let parts: (lat: JSONValue?, lng: JSONValue?)
        switch json {
        case .object: parts = (json["lat"], json["lng"])
        case .array(let elements) where elements.count == 2: parts = (elements[0], elements[1])
        case .string(let text):
            let words = text.split(separator: ",", omittingEmptySubsequences: false).map {
                JSONValue.string(String($0))
            }
            guard words.count == 2 else { return nil }
            parts = (words[0], words[1])
        default: return nil
        }
        guard let lat = coordinate(parts.lat, 90), let lng = coordinate(parts.lng, 180) else { return nil }
        return .point(x: lng, y: lat)
    }
}

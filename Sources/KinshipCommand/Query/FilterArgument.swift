// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Foundation
import RelationPlanner

/// The filter of a command line: JSON, which people who come from a URL, from JavaScript or from curl write in other ways.
enum FilterArgument {
    /// The filter.
    ///
    /// - Throws: ``Failure`` with what the filter would be as JSON, as far as that can be told.
    static func parse(_ text: [UInt8]) throws -> JSONValue {
        do {
            return try JSONValue(parsing: text)
        } catch {
            var failure = Failure(error)
            failure.message = "The filter is not JSON: \(error.message)"
            failure.remedy = hint(for: String(decoding: text, as: UTF8.self))
            throw failure
        }
    }

    /// What to write instead.
    static func hint(for text: String) -> String {
        let trimmed = text.trimmingCharacters(in: .whitespacesAndNewlines)
        if trimmed.isEmpty { return "leave the filter out to ask for every record, or write '{}'" }
        if trimmed.hasPrefix("@") {
            return "a filter in a file is read from standard input: kinship query MODEL - < \(trimmed.dropFirst())"
        }
        if let json = queryString(trimmed) { return "a filter is JSON; this one would be '\(json)'" }
        if !trimmed.hasPrefix("{"), FileManager.default.fileExists(atPath: trimmed) {
            return "a filter in a file is read from standard input: kinship query MODEL - < \(trimmed)"
        }
        if trimmed.hasPrefix("{") {
            if trimmed.contains(#/[{,]\s*[A-Za-z_]\w*\s*:/#) {
                return
                    "keys and texts stand in double quotes, and the whole in single ones for the shell: '{\"where\": {\"id\": 7}}'"
            }
            if trimmed.contains(#/[{,]\s*'/#) { return "JSON has double quotes: '{\"where\": {\"name\": \"Ada\"}}'" }
        }
        return "a filter is a JSON object, such as '{\"where\": {\"id\": 7}, \"limit\": 3}'"
    }

    /// What a query string would be as JSON: `limit=1`, `where[id]=1`, `filter[limit]=1`, `filter={"limit":1}`.
    private static func queryString(_ text: String) -> String? {
        let bare = text.hasPrefix("?") ? String(text.dropFirst()) : text
        guard let name = bare.prefixMatch(of: #/[A-Za-z]\w*(?=[\[=])/#).map({ String($0.output) }),
            let query = try? QueryString(bare)
        else { return nil }
        let filter: JSONValue
        if name == "filter" {
            guard let object = try? query.object("filter") else { return nil }
            filter = object
        } else {
            filter = .object(query.parameters)
        }
        guard let members = filter.members, !members.isEmpty,
            members.allSatisfy({ FilterReader.filterKeys.contains($0.key) })
        else { return nil }
        return withNumbers(filter, depth: 0).description
    }

    /// A query string has texts only; where JSON would have a number it is shown as one.
    private static func withNumbers(_ value: JSONValue, depth: Int) -> JSONValue {
        guard depth < 100 else { return value }
        switch value {
        case .string(let text):
            if text == "true" || text == "false" { return .bool(text == "true") }
            return text.wholeMatch(of: #/-?(0|[1-9]\d{0,17})/#) == nil ? value : .number(text)
        case .array(let elements): return .array(elements.map { withNumbers($0, depth: depth + 1) })
        case .object(let members):
            return .object(members.map { JSONValue.Member($0.key, withNumbers($0.value, depth: depth + 1)) })
        default: return value
        }
    }
}

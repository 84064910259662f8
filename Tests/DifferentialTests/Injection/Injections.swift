// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import RelationPlanner

/// Texts that mean something to SQL, patterns, regular expressions, JSON or a terminal, and are to mean nothing here.
enum Injections {
    static let texts = [
        "'; DROP TABLE thing; --", "\"; DROP TABLE thing; --", "'); DELETE FROM thing; --",
        "1; UPDATE thing SET name = 'x'",
        "' OR '1'='1", "\" OR \"\"=\"", "1 OR 1=1", "' UNION SELECT secret FROM thing --", "\\'; DROP TABLE thing; --",
        "$$; DROP TABLE thing; $$", "$tag$", "$1", "$2::text", "?", ":name", "@x", "--", "/* */", "*/", "/*", "#", ";",
        "'", "''", "\"", "\"\"", "`", "\\", "\\\\", "\\\"", "\\x27", "E'\\n'", "U&'\\0027'", "\u{2019}", "\u{02BC}",
        "\u{FF07}",
        "\u{2018}; DROP TABLE thing", "\u{0}", "a\u{0}'; DROP TABLE thing; --", "\u{202E}", "\u{FEFF}",
        "\n; DROP TABLE thing;\n",
        "\r\n", "\t", "%", "_", "%' OR TRUE --", "\\%", ".*", "^", "$", "(", ")", "[", "(?i)", "***=", "{", "}", "{}",
        "[]",
        "{\"a\": 1}", "null", "NULL", "DEFAULT", "CURRENT_USER", "pg_sleep(10)", "(SELECT secret FROM thing)",
        "t.\"secret\"",
        "id) --", "id; DROP TABLE thing", "id DESC; DROP TABLE thing", "id NULLS FIRST, (SELECT 1)", "count(*)",
        "parts.max(qty)); --",
        "__proto__", "constructor", "toString", "..", "../../etc/passwd", "a,b", "a b", "english'::regconfig, ''); --",
        "english'",
        "name\" = \"name", "name' || 'x",
    ]

    /// A filter for each place a text can stand in, by the place's name.
    static func filters(_ text: String) -> [(place: String, model: String, filter: JSONValue)] {
        let string = JSONValue.string(text)
        func keyed(_ key: String, _ value: JSONValue) -> JSONValue { .object([.init(key, value)]) }
        func wherever(_ place: String, _ condition: JSONValue) -> (String, String, JSONValue) {
            (place, "Thing", ["where": condition, "fields": "id"])
        }
        var filters: [(String, String, JSONValue)] = [
            wherever("value of text", ["name": string]), wherever("value of a number", ["whole": string]),
            wherever("value of a date", ["at": string]), wherever("value of a uuid", ["code": string]),
            wherever("value of a boolean", ["flag": string]), wherever("value of jsonb", ["doc": ["eq": string]]),
            wherever("value in jsonb", ["doc": ["contains": keyed(text, string)]]),
            wherever("value of a point", ["place": string]),
            wherever("value at a path", ["doc.s": string]), wherever("element", ["name": ["inq": [string, "a"]]]),
            wherever("element of an array", ["words": ["contains": [string]]]),
            wherever("bound", ["name": ["between": [string, "z"]]]),
            wherever("property", keyed(text, 1)), wherever("operator", ["name": keyed(text, 1)]),
            wherever("path key", keyed("doc." + text, 1)),
            wherever("path key, exists", keyed("doc." + text, ["exists": false])),
            wherever("pattern", ["name": ["like": string]]), wherever("ilike", ["name": ["ilike": string]]),
            wherever("part", ["name": ["contains": string]]), wherever("start", ["name": ["startsWith": string]]),
            wherever("end", ["name": ["endsWith": string]]),
            wherever("column", ["name": ["column": string]]),
            wherever("compared column", ["name": ["eq": ["column": string]]]),
            wherever("unit", ["place": ["near": "0,0", "unit": string]]),
            wherever("distance", ["place": ["near": "0,0", "maxDistance": string]]),
            wherever("quantifier", ["parts": keyed(text, .object([]))]),
            wherever("value of related", ["parts": ["some": ["label": string]]]),
            ("order", "Thing", ["order": string, "fields": "id"]),
            ("order list", "Thing", ["order": [string, "id"], "fields": "id"]),
            ("order path", "Thing", ["order": .string("doc." + text), "fields": "id"]),
            ("order direction", "Thing", ["order": .string("id " + text), "fields": "id"]),
            ("order aggregate", "Thing", ["order": .string("parts.\(text)(qty)"), "fields": "id"]),
            ("fields", "Thing", ["fields": [string]]), ("fields object", "Thing", ["fields": keyed(text, true)]),
            ("distinct", "Thing", ["distinct": true, "fields": [string]]),
            ("limit", "Thing", ["limit": string, "fields": "id"]), ("skip", "Thing", ["skip": string, "fields": "id"]),
            ("cursor value", "Thing", ["order": "name", "after": ["name": string, "id": 5], "fields": "id"]),
            ("key of a filter", "Thing", keyed(text, 1)), ("model", text, .object([])),
        ]
        filters.append(
            (
                "cursor key", "Thing",
                ["order": "name", "after": .object([.init(text, "a"), .init("id", 5)]), "fields": "id"]
            ))
        return filters.map { (place: $0.0, model: $0.1, filter: $0.2) }
    }

    /// Filters whose answer the evaluator doesn't know, and which have to be refused or leave everything as it is.
    static func unjudged(_ text: String) -> [(place: String, filter: JSONValue)] {
        let string = JSONValue.string(text)
        return [
            ("regular expression", ["where": ["name": ["regexp": string]]]),
            ("regular expression, delimited", ["where": ["name": ["regexp": .string("/\(text)/i")]]]),
            ("match", ["where": ["name": ["match": string]]]),
            ("match, plain", ["where": ["name": ["match": ["query": string, "syntax": "plain"]]]]),
            ("match, phrase", ["where": ["name": ["match": ["query": string, "syntax": "phrase"]]]]),
            ("match, web", ["where": ["name": ["match": ["query": string, "syntax": "web"]]]]),
            ("match language", ["where": ["name": ["match": ["query": "a", "language": string]]]]),
            ("match syntax", ["where": ["name": ["match": ["query": "a", "syntax": string]]]]),
            ("include", ["include": string]), ("include key", ["include": .object([.init(text, true)])]),
            ("relation", ["include": ["relation": string]]),
            ("scope key", ["include": ["relation": "parts", "scope": .object([.init(text, 1)])]]),
            ("scope where", ["include": ["relation": "parts", "scope": ["where": ["label": string]]]]),
            ("scope order", ["include": ["relation": "parts", "scope": ["order": string, "limit": 2]]]),
            ("scopes", ["include": ["relation": "owner", "scopes": .object([.init(text, .object([]))])]]),
            ("aggregate name", ["include": ["relation": "parts", "aggregate": .object([.init(text, "qty")])]]),
            ("aggregate property", ["include": ["relation": "parts", "aggregate": ["max": string]]]),
            ("as", ["include": ["relation": "tags", "through": ["as": string, "fields": ["id"]]]]),
            ("through field", ["include": ["relation": "tags", "through": ["fields": [string]]]]),
            ("through order", ["include": ["relation": "tags", "through": ["order": string]]]),
            ("through where", ["include": ["relation": "tags", "through": ["where": .object([.init(text, 1)])]]]),
        ]
    }
}

// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Kinship
import RelationPlanner

extension FuzzTarget {
    /// The reader and writer of JSON, and the check that builds nothing.
    package static let json = FuzzTarget(
        name: "json",
        seeds: [
            #"{"a": [1, -2.5e+10, true, false, null], "b": {"c": "d\u00e9\ud83d\ude00\n\"\\"}, "a": 0}"#, "[[[[]]]]",
            #""""#, "0", "-0.0E-1", " {\t\"\" : [ ] } ", #"{"__proto__":{},"é":"😀"}"#, "[1e400,12345678901234567890]",
        ].map { Array($0.utf8) },
        words: ["true", "false", "null", "\\u0000", "\\ud800", "\\udc00", "{\"", "\":", "[]", "1e400", "\u{FEFF}"]
    ) { (bytes: [UInt8]) throws -> Bool in
        let value: JSONValue
        do throws(PlannerError) {
            value = try JSONValue(parsing: bytes, maximumDepth: 500)
        } catch {
            try Invariants.check(error)
            // The check looks at the grammar alone: halves of pairs are in it, and UTF-8 is the server's part.
            let isBeyondGrammar =
                error.code == .filterTooDeep || error.message.contains("surrogate")
                || String(validating: bytes, as: UTF8.self) == nil
            guard isBeyondGrammar || !CellJSON.isJSON(bytes) else {
                throw Finding("refused as \(error), but taken for JSON by the check")
            }
            return false
        }
        guard bytes.starts(with: [0xEF, 0xBB, 0xBF]) || CellJSON.isJSON(bytes) else {
            throw Finding("read, but not taken for JSON by the check")
        }
        var text: [UInt8] = []
        value.write(into: &text)
        guard try JSONValue(parsing: text, maximumDepth: 500) == value else {
            throw Finding("written as something else: \(String(decoding: text, as: UTF8.self))")
        }
        guard CellJSON.isJSON(text) else { throw Finding("what is written is no JSON") }
        return true
    }
}

// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

/// Whether a text is one statement that surely only reads: it locks no rows, calls nothing that is known or able to do more, and needs
/// nothing of the session it runs in.
///
/// What can't be told at a glance is none: a comment, a string with backslashes, a function that isn't in the list.
enum PlainRead {
    /// Whether a text may be one, by how it begins: what surely isn't needs no place among those that are known.
    static func mayBeOne(_ text: String) -> Bool {
        guard let first = text.utf8.first(where: { $0 > 0x20 }) else { return false }
        switch first | 0x20 {
        case UInt8(ascii: "s"), UInt8(ascii: "v"), UInt8(ascii: "t"), UInt8(ascii: "w"), UInt8(ascii: "("): return true
        default: return false
        }
    }

    /// Looks through a text; in one pass, once for each text.
    ///
    /// - Parameter functionsAreKnown: whether whoever made it answers for the functions that it calls.
    static func isOne(_ text: String, functionsAreKnown: Bool = false) -> Bool {
        switch StatementKind.keyword(of: text) {
        case "select", "values", "table", "with": break
        default: return false
        }
        var text = text
        return text.withUTF8 { bytes in
            var scan = Scan(bytes: bytes, functionsAreKnown: functionsAreKnown)
            return scan.isPlain()
        }
    }

    /// Words that make a statement more than a read wherever they stand; a column of such a name is quoted, or costs the statement its
    /// place behind others.
    private static let refused: Set<String> = [
        "insert", "update", "delete", "merge", "into", "for", "lock", "copy", "call", "do", "truncate", "set_config",
        "nextval",
        "setval", "currval", "lastval", "listen", "notify", "execute", "prepare", "current_setting",
    ]

    /// How functions begin that lock, tell, sleep or write, whoever made the text.
    private static let refusedPrefixes = ["pg_", "lo_", "dblink", "txid_"]

    /// What may stand before a parenthesis: words of the language, types with a length, and functions that compute something of what
    /// they are given.
    private static let allowed: Set<String> = [
        "select", "in", "any", "all", "some", "exists", "and", "or", "not", "from", "where", "on", "join", "using",
        "over", "filter",
        "values", "when", "then", "else", "limit", "offset", "union", "except", "intersect", "distinct", "by", "array",
        "row",
        "between", "like", "ilike", "as", "materialized", "lateral", "having", "within", "cast", "coalesce", "nullif",
        "greatest",
        "least", "extract", "position", "substring", "trim", "sets", "cube", "rollup", "is", "case",
        "varchar", "char", "character", "varying", "bpchar", "numeric", "decimal", "bit", "timestamp", "timestamptz",
        "time",
        "timetz", "interval", "float", "current_timestamp", "current_time", "localtimestamp", "localtime",
        "count", "sum", "min", "max", "avg", "every", "bool_and", "bool_or", "string_agg", "array_agg", "json_agg",
        "jsonb_agg",
        "json_object_agg", "jsonb_object_agg", "row_number", "rank", "dense_rank", "percent_rank", "cume_dist", "ntile",
        "lag",
        "lead", "first_value", "last_value", "nth_value", "lower", "upper", "initcap", "length", "char_length",
        "octet_length",
        "abs", "ceil", "ceiling", "floor", "round", "trunc", "mod", "power", "sqrt", "sign", "concat", "concat_ws",
        "left", "right",
        "replace", "strpos", "starts_with", "btrim", "ltrim", "rtrim", "lpad", "rpad", "split_part", "md5", "reverse",
        "to_char",
        "to_date", "to_number", "to_timestamp", "date_trunc", "date_part", "date_bin", "age", "now", "make_date",
        "unnest",
        "cardinality", "array_length", "array_position", "array_to_string", "string_to_array", "to_json", "to_jsonb",
        "row_to_json", "json_build_object", "json_build_array", "jsonb_build_object", "jsonb_build_array",
        "jsonb_typeof",
        "jsonb_array_length", "jsonb_array_elements", "jsonb_array_elements_text", "to_tsvector", "to_tsquery",
        "plainto_tsquery", "websearch_to_tsquery", "ts_rank",
    ]

    private struct Scan {
        let bytes: UnsafeBufferPointer<UInt8>
        let functionsAreKnown: Bool
        var position = 0
        /// What stands right before: the word, or that it was something else.
        var last = Last.other

        enum Last: Equatable { case word(String), quoted, dot, other }

        mutating func isPlain() -> Bool {
            while position < bytes.count {
                let byte = bytes[position]
                switch byte {
                case 0x20, 0x09, 0x0A, 0x0B, 0x0C, 0x0D: position += 1
                case UInt8(ascii: "'"): guard skipQuoted(byte, isString: true) else { return false }
                case UInt8(ascii: "\""): guard skipQuoted(byte, isString: false) else { return false }
                case UInt8(ascii: "$"): guard skipParameter() else { return false }
                case UInt8(ascii: "-") where next == UInt8(ascii: "-"): return false
                case UInt8(ascii: "/") where next == UInt8(ascii: "*"): return false
                case UInt8(ascii: ";"): return bytes[(position + 1)...].allSatisfy { $0 == 0x20 || $0 == 0x0A }
                case UInt8(ascii: "("):
                    guard mayBeFollowed(last) else { return false }
                    take(.other)
                case UInt8(ascii: "."): take(.dot)
                case _ where Self.isLetter(byte): guard takeWord() else { return false }
                default: take(.other)
                }
            }
            return true
        }

        private var next: UInt8? { position + 1 < bytes.count ? bytes[position + 1] : nil }

        private mutating func take(_ last: Last) {
            self.last = last
            position += 1
        }

        private static func isLetter(_ byte: UInt8) -> Bool {
            (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20) || byte == UInt8(ascii: "_") || byte >= 0x80
        }

        private static func isOfWord(_ byte: UInt8) -> Bool {
            isLetter(byte) || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) || byte == UInt8(ascii: "$")
        }

        /// Whether a parenthesis that follows is no call, or one of a function in the list.
        private func mayBeFollowed(_ last: Last) -> Bool {
            switch last {
            case .other: true
            case .word(let word): functionsAreKnown || PlainRead.allowed.contains(word)
            case .quoted, .dot: functionsAreKnown
            }
        }

        private mutating func takeWord() -> Bool {
            let start = position
            while position < bytes.count, Self.isOfWord(bytes[position]) { position += 1 }
            // E'…', U&'…' and the like have rules of their own.
            if position < bytes.count, bytes[position] == UInt8(ascii: "'") || bytes[position] == UInt8(ascii: "&") {
                return false
            }
            let word = String(decoding: bytes[start..<position], as: UTF8.self).lowercased()
            if PlainRead.refused.contains(word) { return false }
            // The catalog's own schema is no function.
            if word != "pg_catalog", PlainRead.refusedPrefixes.contains(where: { word.hasPrefix($0) }) { return false }
            last = last == .dot && !functionsAreKnown ? .quoted : .word(word)
            return true
        }

        private mutating func skipQuoted(_ quote: UInt8, isString: Bool) -> Bool {
            position += 1
            while position < bytes.count {
                if bytes[position] == quote {
                    position += 1
                    // Doubled, it stands for itself.
                    if position == bytes.count || bytes[position] != quote {
                        last = isString ? .other : .quoted
                        return true
                    }
                }
                position += 1
            }
            return false
        }

        /// `$1`; anything else that begins so is a string between dollars.
        private mutating func skipParameter() -> Bool {
            position += 1
            let start = position
            while position < bytes.count, (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(bytes[position]) {
                position += 1
            }
            last = .other
            return position > start && (position == bytes.count || !Self.isOfWord(bytes[position]))
        }
    }
}

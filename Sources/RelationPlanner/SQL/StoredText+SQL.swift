// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

// The table of ``StoredText`` as SQL. A CASE for each step, for the server may judge the two sides of an AND in any order; and
// nothing that a server of any version could refuse, before version 16 none can be asked whether it would.
extension StoredText {
    /// A text as a value of the type, NULL where it is none; of a type that no decoder knows the text itself.
    ///
    /// - Parameters:
    ///   - text: an expression of type `text`, under no nondeterministic collation.
    ///   - type: the type that the table was asked about.
    package func sql(_ text: String, as type: ColumnType) -> String {
        switch form {
        // A cast to `name` would cut the text.
        case .any: type.category == .other || type.oid == ColumnType.name.oid ? text : "\(text)::\(type.castName)"
        case .words(let words):
            "CASE WHEN lower(\(text)) IN (\(Self.list(words, true))) THEN TRUE"
                + " WHEN lower(\(text)) IN (\(Self.list(words, false))) THEN FALSE END"
        case .labels:
            "CASE WHEN \(text) = ANY(enum_range(NULL::\(type.castName))::text[]) THEN \(text)::\(type.castName) END"
        case .number(let form):
            "CASE WHEN length(\(text)) < \(Self.longestNumber) AND \(text) ~ '\(form.pattern)' THEN \(number(text, type)) END"
        case .form(let form):
            switch type.category {
            case .date, .timestamp, .timestamptz:
                "CASE WHEN \(text) ~ '\(form.pattern)' THEN \(Self.instant(text, as: type)) END"
            default: "CASE WHEN \(text) ~ '\(form.pattern)' THEN \(text)::\(type.castName) END"
            }
        }
    }

    private static func list(_ words: [String: Bool], _ value: Bool) -> String {
        words.filter { $0.value == value }.keys.sorted().map { "'\($0)'" }.joined(separator: ", ")
    }

    private func number(_ text: String, _ type: ColumnType) -> String {
        guard let limits else { return "\(text)::numeric" }
        return
            "CASE WHEN \(limits.sql("\(text)::numeric")) THEN \(text)::\(type.isInteger ? "bigint" : type.castName) END"
    }

    /// Without an offset it is UTC, whatever the session's time zone.
    private static func instant(_ text: String, as type: ColumnType) -> String {
        let instant = "(\(text) || CASE WHEN \(text) ~ '[Zz]$|:.*[-+]' THEN '' ELSE 'Z' END)::timestamptz"
        if type.category == .timestamptz { return instant }
        let zoned = "(\(instant) AT TIME ZONE 'UTC')"
        // No day is an instant inside one (B10).
        return type.category == .date
            ? "CASE WHEN \(zoned)::time = '00:00' THEN \(zoned)::date END" : "\(zoned)::\(type.castName)"
    }
}

extension StoredText.Limits {
    /// Whether a numeric is within them.
    package func sql(_ number: String) -> String {
        switch self {
        case .between(let least, let most): "\(number) BETWEEN \(least) AND \(most)"
        case .magnitude(let least, let most): "\(number) = 0 OR abs(\(number)) BETWEEN \(least) AND \(most)"
        }
    }
}

// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import TestSupport

/// Random rows as INSERT statements: few different values, so that filters meet them, NULLs everywhere.
struct WorldData {
    private var random: SeededRandom

    init(seed: UInt64) { random = SeededRandom(seed) }

    static let texts = [
        "", "a", "A", "ab", "aB", "abc", "a%b", "a_b", "a\\b", "100%", "_", "%", "\\", "O'Neil", "\"quoted\"", "é", "É",
        "e\u{301}", "Ünï", "ünÏ", "日本語", "😀", "😀a", "line\nbreak", "tab\tx", " space ", "zz", "Zz", "5", "-1.5", "true",
        "null", "{a,b}", "$1", "?", "a.b", "[x]", "(y)", "x|y", "^z", "z$",
    ]
    static let codes = [
        "11111111-1111-4111-8111-111111111111", "aaaaaaaa-bbbb-4ccc-8ddd-eeeeeeeeeeee",
        "00000000-0000-0000-0000-000000000000", "ffffffff-ffff-ffff-ffff-ffffffffffff",
    ]
    private static let documents = [
        #"{"a": 1, "s": "x", "b": {"c": true}, "list": [1, "x", null]}"#, #"{"a": "1", "s": null, "b": {"c": "true"}}"#,
        #"{"a": 1.50, "s": "É%_", "list": []}"#, #"{"a": true, "list": {"0": 5}}"#, #"{"a": null}"#, "{}", "[]",
        #"[1, 2, {"a": 1}]"#, "5", #""text""#, "null", "true", #"{"a": [1], "b": {"c": {"d": 1}}}"#,
        #"{"a": -2, "s": "a\\b", "b": {"c": 3}}"#, #"{"a": 12345678901234567890, "s": "😀", "list": [[1], {"x": 2}]}"#,
        #"{"a": {"x": 1}, "s": 7, "list": ["x"]}"#,
    ]
    private static let points = [
        "(13.4123,52.5234)", "(-0.1277,51.5073)", "(151.2093,-33.8688)", "(0,0)", "(2.3522,48.8567)",
        "(-179.9371,89.1234)",
        "(13.4187,52.5171)",
    ]

    private mutating func orNull(_ text: String) -> String { random.once(in: 6) ? "NULL" : text }

    private mutating func quoted(_ texts: [String]) -> String {
        let text = random.pick(texts)
        return orNull("'" + text.split(separator: "'", omittingEmptySubsequences: false).joined(separator: "''") + "'")
    }

    private mutating func list(_ elements: [String]) -> String {
        let chosen = (0..<random.number(0...3)).map { _ in random.once(in: 6) ? "NULL" : random.pick(elements) }
        return "ARRAY[" + chosen.joined(separator: ",") + "]"
    }

    /// All INSERT statements.
    mutating func statements() -> String {
        var sql = ""
        for id in 1...8 {
            sql +=
                "INSERT INTO owner VALUES (\(id), \(quoted(Self.texts)), \(orNull(String(random.number(-2...4)))));\n"
        }
        for id in 1...60 {
            let values: [String] = [
                String(id), orNull(random.pick(["-32768", "32767", "0", "1", "2", "-1"])),
                orNull(random.pick(["-2147483648", "2147483647", "0", "1", "2", "3", "-5", "10"])),
                orNull(random.pick(["0", "1", "2", "3", "10"])),
                orNull(random.pick(["-9223372036854775808", "9223372036854775807", "0", "9007199254740993", "1"])),
                orNull(
                    random.pick([
                        "0", "1", "1.0", "1.50", "-0.001", "123456789012345678.12", "0.1", "'NaN'", "99.99", "-5", "3",
                    ])),
                orNull(
                    random.pick([
                        "0", "'-0'", "0.1", "0.30000000000000004", "1e300", "-1e-300", "1.5", "'NaN'", "'Infinity'",
                        "'-Infinity'", "1", "2",
                    ])),
                quoted(Self.texts), quoted(Self.texts), orNull(random.pick(["true", "false"])),
                orNull(
                    "timestamptz '"
                        + random.pick([
                            "2024-02-29 23:59:59.999999+00", "2024-01-01 00:00:00+00", "2024-01-01 00:00:00.001+00",
                            "1969-12-31 23:59:59.5+00", "1999-12-31 23:00:00-05", "infinity", "2038-01-19 03:14:08+00",
                        ]) + "'"),
                orNull(
                    "date '" + random.pick(["2024-02-29", "2024-01-01", "1969-12-31", "1900-03-01", "2038-01-19"]) + "'"
                ),
                orNull("'" + random.pick(Self.codes) + "'"), quoted(Self.documents),
                orNull(list(["'a'", "'b'", "'é'", "''", "'a,b'", "'\"'"]) + "::text[]"),
                orNull(list(["1", "2", "3", "-1"]) + "::int[]"), orNull("point '" + random.pick(Self.points) + "'"),
                orNull(String(random.number(1...9))), "'hidden \(id)'",
            ]
            sql += "INSERT INTO thing VALUES (" + values.joined(separator: ", ") + ");\n"
        }
        for id in 1...90 {
            sql +=
                "INSERT INTO part VALUES (\(id), \(orNull(String(random.number(1...65)))), \(quoted(Self.texts)), "
                + "\(orNull(String(random.number(0...10)))), \(orNull(random.pick(["1.5", "2", "0.01", "-3.25", "7.00"]))));\n"
        }
        for id in 1...6 {
            sql +=
                "INSERT INTO tag VALUES (\(id), \(quoted(Self.texts)), \(orNull(random.pick(["true", "false", "true"]))));\n"
        }
        for id in 1...90 {
            sql +=
                "INSERT INTO thingtag VALUES (\(id), \(orNull(String(random.number(1...62)))), \(orNull(String(random.number(1...7)))));\n"
        }
        return sql + "ANALYZE;"
    }
}

// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

/// The settings that a session begins with, so that texts mean the same on every server: roles and databases can have others
/// (`ALTER DATABASE … SET`), and so can `postgresql.conf`.
enum SessionSettings {
    /// What the server takes from the start-up packet: PostgreSQL's own defaults, and UTC.
    ///
    /// `search_path` is not among them: it is the user's, and decides about the user's statements only.
    static let options: [(name: String, value: String)] = [
        ("TimeZone", "UTC"), ("DateStyle", "ISO,MDY"), ("IntervalStyle", "postgres"), ("extra_float_digits", "3"),
        ("bytea_output", "hex"), ("standard_conforming_strings", "on"), ("array_nulls", "on"),
        ("transform_null_equals", "off"), ("xmloption", "content"),
    ]

    /// The keywords with the options before those that the user gives, which come later and so have the last word.
    static func added(
        to keywords: [(key: String, value: String)]
    ) -> [(key: String, value: String)] {
        let own = options.map { "-c \($0.name)=\($0.value)" }.joined(separator: " ")
        var keywords = keywords
        if let index = keywords.firstIndex(where: { $0.key == "options" }) {
            keywords[index].value = own + " " + keywords[index].value
        } else {
            keywords.append(("options", own))
        }
        return keywords
    }
}

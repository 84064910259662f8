// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

/// Keys that one statement leaves on the server for a later one of the same round trip, in settings of the transaction.
///
/// Statements of one pipeline are one transaction, at the end of which PostgreSQL forgets the settings
/// (documentation, `set_config`).
package struct HandOver {
    /// The settings' name without the part.
    let setting: String
    /// For each source of keys the names of the result's columns, one per part.
    let columns: [[String]]
    /// Whether these hold each key once and no NULL.
    let areDistinct: Bool

    /// The setting that a fetch takes its keys from.
    static func setting(of fetch: Fetch.ID) -> String { "kinship.k\(fetch)" }

    /// The keys in the setting, as the text of an array.
    ///
    /// Always in a sub-select, for bare the server would take it for a constant to plan with. Who hands over always does, also
    /// where there are no keys: so a setting that is not there, or is empty since the transaction it was made in has ended, was
    /// made elsewhere, as Citus does that runs a statement on another node. That is an error (42704), never no keys; its name
    /// tells it from all others, see ``isLost(_:)``.
    static func reading(_ setting: String, part: Int) -> String {
        let name = "\(setting)_\(part + 1)"
        return
            "(SELECT current_setting(CASE current_setting('\(name)', true) WHEN '' THEN '\(name)_lost' ELSE '\(name)' END))"
    }

    /// Whether the message of a server's error 42704, whatever its language, names a setting that keys were to be in.
    package static func isLost(_ message: String) -> Bool {
        let prefix = "kinship.k"
        return message.indices.contains { start in
            guard message[start...].hasPrefix(prefix) else { return false }
            let rest = message[message.index(start, offsetBy: prefix.count)...]
            let number = rest.prefix(while: \.isNumber)
            return !number.isEmpty && rest[number.endIndex...].hasPrefix("_")
        }
    }

    /// A statement that does what `text` does, and hands keys over.
    ///
    /// The condition is the same for every row and is judged once, before the first of them, also when there is none.
    static func wrap(_ text: String, _ handOvers: [HandOver]) -> String {
        guard !handOvers.isEmpty else { return text }
        let conditions = handOvers.map { "(\($0.writing)) IS NOT NULL" }
        return "WITH r AS MATERIALIZED (\(text)) SELECT r.* FROM r WHERE \(conditions.joined(separator: " AND "))"
    }

    private var writing: String {
        let parts = columns.first?.count ?? 0
        if columns.count == 1, parts == 1 {
            let column = "r." + quoted(columns[0][0])
            let keys =
                areDistinct
                ? "array_agg(\(column))" : "array_agg(DISTINCT \(column)) FILTER (WHERE \(column) IS NOT NULL)"
            return "SELECT \(setting(keys, part: 0)) FROM r"
        }
        let names = (0..<parts).map { "\"k\($0 + 1)\"" }
        let sources = columns.map { source in
            let columns = source.map { "r." + quoted($0) }
            let present = columns.map { "\($0) IS NOT NULL" }.joined(separator: " AND ")
            return "SELECT \(columns.joined(separator: ", ")) FROM r WHERE \(present)"
        }
        // UNION leaves each key once; one source alone has to say so.
        let keys =
            sources.count > 1 ? sources.joined(separator: " UNION ") : "SELECT DISTINCT" + sources[0].dropFirst(6)
        let settings = names.enumerated().map { part, name in setting("array_agg(d.\(name))", part: part) }
        return
            "SELECT \(settings.joined(separator: " || ")) FROM (\(keys)) AS d(\(names.joined(separator: ", ")))"
    }

    private func setting(_ keys: String, part: Int) -> String {
        "set_config('\(setting)_\(part + 1)', coalesce(\(keys)::text, '{}'), true)"
    }
}

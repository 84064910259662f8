// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

/// Keys that one statement leaves on the server for a later one of the same round trip, in settings of the transaction.
///
/// Statements of one pipeline are one transaction, at the end of which PostgreSQL forgets the settings
/// (documentation, `set_config`).
struct HandOver {
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
    /// Always in a sub-select, for bare the server would take it for a constant to plan with. A setting that was never made is
    /// NULL, one of an earlier transaction is empty; no array either.
    static func reading(_ setting: String, part: Int) -> String {
        "(SELECT coalesce(nullif(current_setting('\(setting)_\(part + 1)', true), ''), '{}'))"
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

extension ColumnType {
    /// Whether values come back from their text as they were, whatever the session's settings, and equal ones have equal
    /// bytes: then keys can be handed over.
    var canBeHandedOver: Bool {
        guard equalityIsBytewise else { return false }
        switch category {
        case .bool, .int2, .int4, .int8, .text, .uuid, .enumeration: return true
        default: return false
        }
    }
}

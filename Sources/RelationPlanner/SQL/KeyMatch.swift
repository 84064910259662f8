// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

/// How rows are matched with the keys of their parents.
struct KeyMatch {
    /// One part of a key.
    struct Part {
        /// The column of the rows that holds it, and its alias.
        let alias: String
        let column: String
        let type: ColumnType
        /// The type of the parents' values.
        let parentType: ColumnType

        /// The column as a value of its type.
        var operand: String { type.operand(alias + "." + quoted(column)) }
    }

    /// Where the array of keys stands.
    enum Keys {
        /// In a parameter.
        case parameter
        /// In one that holds the root's key, which the filter named.
        case known(ParameterSlot)
        /// In settings of the transaction, `<name>_1` for the first part and so on.
        case setting(String)
    }

    let parts: [Part]
    var keys = Keys.parameter

    /// Whether keys can be matched outside the server: one part, of types whose equality is that of their values' bytes.
    var isComparable: Bool { parts.count == 1 && parts.allSatisfy { $0.type.matches($0.parentType) } }

    // MARK: The whole array at once

    /// Appends `t.key = ANY((SELECT $1)::type[])`.
    ///
    /// The sub-select around the array hides it from the server's planner, which else estimates key by key: up to
    /// hundreds of milliseconds for ten thousand keys on a skewed column.
    func appendArray(to sql: inout SQLText) {
        guard let part = parts.first else { return }
        sql.append("\(part.operand) = ANY(")
        appendHiddenKeys(0, to: &sql)
        sql.append("::\(part.parentType.castName)[])")
    }

    /// Appends `t.key IN (SELECT unnest($1::type[]))`.
    func appendUnnest(to sql: inout SQLText) {
        guard let part = parts.first else { return }
        sql.append("\(part.operand) IN (SELECT unnest(")
        appendKeys(0, to: &sql)
        sql.append("::\(part.parentType.castName)[]))")
    }

    // MARK: Key by key

    /// Appends `unnest($1::type[]) WITH ORDINALITY AS k("key", "kinship_ordinal")`; keys that stand in settings have no
    /// numbers, nor those that the filter lists, which may come twice.
    func appendNumberedKeys(to sql: inout SQLText) {
        if case .known(.value) = keys, let part = parts.first {
            sql.append("(SELECT DISTINCT unnest(")
            appendKeys(0, to: &sql)
            return sql.append("::\(part.parentType.castName)[])) AS k(\"\(keyName(0))\")")
        }
        sql.append("unnest(")
        for (position, part) in parts.enumerated() {
            if position > 0 { sql.append(", ") }
            appendKeys(position, to: &sql)
            // Types that are read as text are handed over as text, and made what they are on the server.
            if part.parentType.keyType != part.parentType { sql.append("::text[]") }
            if part.parentType.keyForm == .value { sql.append("::\(part.parentType.castName)[]") }
        }
        let names = parts.indices.map { "\"\(keyName($0))\"" } + (hasNumbers ? ["\"kinship_ordinal\""] : [])
        sql.append(")\(hasNumbers ? " WITH ORDINALITY" : "") AS k(\(names.joined(separator: ", ")))")
    }

    /// Appends `t.column = k."key"` for each part; types the server can't compare are compared as text.
    func appendNumbered(to sql: inout SQLText) {
        var isFirst = true
        for (position, part) in parts.enumerated() {
            sql.append(separator: " AND ", isFirst: &isFirst)
            let key = "k.\"\(keyName(position))\""
            // What was sent as its text is made what it is here.
            let isText = part.parentType.keyForm == .text && part.type.isComparable(to: part.parentType)
            sql.append(
                equal: (part.type, part.alias + "." + quoted(part.column)),
                to: (part.parentType, isText ? "\(key)::\(part.parentType.castName)" : key))
        }
    }

    /// Appends what tells whose rows they are: `k."kinship_ordinal"`, which no column of theirs is called, or the keys
    /// themselves where these stand in settings.
    func appendNumbers(named: Bool, to sql: inout SQLText) {
        guard !hasNumbers else { return sql.append("k.\"kinship_ordinal\"") }
        for position in parts.indices {
            if position > 0 { sql.append(", ") }
            sql.append("k.\"\(keyName(position))\"")
            if named { sql.append(" AS \"\(Self.numberName(position))\"") }
        }
    }

    /// Appends what ``appendNumbers(named:to:)`` has appended in a sub-select that goes by an alias.
    func appendNumberNames(of alias: String, to sql: inout SQLText) {
        let names = hasNumbers ? ["kinship_ordinal"] : parts.indices.map(Self.numberName)
        sql.append(names.map { "\(alias).\"\($0)\"" }.joined(separator: ", "))
    }

    /// The columns that ``appendNumbers(named:to:)`` appends.
    func numberColumns(of parent: Model.ID) -> [Fetch.Column] {
        guard !hasNumbers else { return [Fetch.Column(parent, property: nil, type: .int8, output: "kinship_ordinal")] }
        return parts.enumerated().map { position, part in
            Fetch.Column(
                parent, property: nil, type: part.parentType.keyType, output: Self.numberName(position))
        }
    }

    /// Whose rows they are, by these columns.
    func link(_ source: KeySource, numbers first: Int) -> NodeLink {
        hasNumbers ? .ordinal(source, column: first) : .key(source, child: parts.indices.map { first + $0 })
    }

    /// Whether the keys are numbered: those in settings are distinct in an order that nobody else knows.
    private var hasNumbers: Bool {
        if case .setting = keys { false } else { true }
    }

    private func keyName(_ position: Int) -> String { parts.count == 1 ? "key" : "key\(position + 1)" }

    private static func numberName(_ position: Int) -> String { "kinship_key\(position + 1)" }

    // MARK: The array

    private func appendHiddenKeys(_ position: Int, to sql: inout SQLText) {
        if case .setting = keys { return appendKeys(position, to: &sql) }
        sql.append("(SELECT ")
        appendKeys(position, to: &sql)
        sql.append(")")
    }

    private func appendKeys(_ position: Int, to sql: inout SQLText) {
        switch keys {
        case .parameter: sql.append(parameter: .keys(part: position, element: parts[position].parentType.keyType))
        case .known(let slot): sql.append(parameter: slot)
        case .setting(let name): sql.append(HandOver.reading(name, part: position))
        }
    }
}

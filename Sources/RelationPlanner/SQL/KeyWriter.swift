// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

/// Writes how rows are matched with the keys of their parents.
struct KeyWriter {
    /// Where the array of keys stands.
    private enum Whereabouts {
        /// In a parameter.
        case parameter
        /// In one that holds the root's key, which the filter named.
        case known(ParameterSlot)
        /// In settings of the transaction, those of this step.
        case settings(Step.ID)
    }

    let parts: [KeyMatch.Part]
    private let place: Whereabouts

    /// - Parameter id: the step's.
    init(_ lookup: KeyLookup, _ passing: KeyPassing, id: Step.ID) {
        parts = lookup.match.parts
        switch passing {
        case .handedOver: place = .settings(id)
        case .known: place = lookup.known.map(Whereabouts.known) ?? .parameter
        case .none, .parameter: place = .parameter
        }
    }

    // MARK: The whole array at once

    /// Appends `t.key = ANY((SELECT $1)::type[])`.
    ///
    /// The sub-select around the array hides it from the server's planner, which else estimates key by key: up to
    /// hundreds of milliseconds for ten thousand keys on a skewed column.
    func appendArray(to sql: inout SQLText) {
        guard let part = parts.first else { return }
        sql.append(operand: part.column, of: part.alias, part.type)
        sql.append(" = ANY(")
        appendHiddenKeys(0, to: &sql)
        sql.append("::")
        sql.append(part.parentType.castName)
        sql.append("[])")
    }

    /// Appends `t.key IN (SELECT unnest($1::type[]))`.
    func appendUnnest(to sql: inout SQLText) {
        guard let part = parts.first else { return }
        sql.append(operand: part.column, of: part.alias, part.type)
        sql.append(" IN (SELECT unnest(")
        appendKeys(0, to: &sql)
        sql.append("::")
        sql.append(part.parentType.castName)
        sql.append("[]))")
    }

    // MARK: Key by key

    /// Appends `unnest($1::type[]) WITH ORDINALITY AS k("key", "kinship_ordinal")`; keys that stand in settings have no
    /// numbers, nor those that the filter lists, which may come twice.
    func appendNumberedKeys(to sql: inout SQLText) {
        if case .known(.value) = place, let part = parts.first {
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
        let names =
            parts.indices.map { "\"\(keyName($0))\"" } + (hasNumbers ? ["\"\(KeyMatch.ordinalName)\""] : [])
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
        guard !hasNumbers else { return sql.append("k.\"\(KeyMatch.ordinalName)\"") }
        for position in parts.indices {
            if position > 0 { sql.append(", ") }
            sql.append("k.\"\(keyName(position))\"")
            if named { sql.append(" AS \"\(KeyMatch.numberName(position))\"") }
        }
    }

    /// Appends what ``appendNumbers(named:to:)`` has appended in a sub-select that goes by an alias.
    func appendNumberNames(of alias: String, to sql: inout SQLText) {
        let names = hasNumbers ? [KeyMatch.ordinalName] : parts.indices.map(KeyMatch.numberName)
        sql.append(names.map { "\(alias).\"\($0)\"" }.joined(separator: ", "))
    }

    /// Appends the columns that hold the key, comma-separated.
    func appendColumns(to sql: inout SQLText) {
        var isFirst = true
        for part in parts {
            sql.append(separator: ", ", isFirst: &isFirst)
            sql.append(column: part.column, of: part.alias)
        }
    }

    private var hasNumbers: Bool {
        if case .settings = place { false } else { true }
    }

    private func keyName(_ position: Int) -> String { parts.count == 1 ? "key" : "key\(position + 1)" }

    // MARK: The array

    private func appendHiddenKeys(_ position: Int, to sql: inout SQLText) {
        if case .settings = place { return appendKeys(position, to: &sql) }
        sql.append("(SELECT ")
        appendKeys(position, to: &sql)
        sql.append(")")
    }

    private func appendKeys(_ position: Int, to sql: inout SQLText) {
        switch place {
        case .parameter: sql.append(parameter: .keys(part: position, element: parts[position].parentType.keyType))
        case .known(let slot): sql.append(parameter: slot)
        case .settings(let id): sql.append(HandOverWriter.reading(by: id, part: position))
        }
    }
}

// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

/// The list of keys that a referencesMany keeps in a column: a native array, or JSON in a text, json or jsonb column.
struct ReferenceKeys {
    let property: Property
    let key: Property

    /// Appends `target.key IN (the keys in the list's column)`.
    ///
    /// What is no key of the target's type, and what is no list at all, is passed over: a filter never fails for it.
    func appendMatch(list alias: String, target targetAlias: String, to sql: inout SQLText) {
        if isNative {
            let type = key.columnType
            return sql.append(
                "\(type.operand(targetAlias + "." + quoted(key.column))) \(type.written("=")) "
                    + "ANY(\(property.columnType.operand(alias + "." + quoted(property.column))))")
        }
        guard let reading else { return sql.append("FALSE") }
        appendTarget(targetAlias, to: &sql)
        sql.append(" IN (SELECT \(reading) FROM ")
        appendElements(alias, to: &sql)
        sql.append(")")
    }

    /// Appends `, unnest(the list's column) AS e(value) WHERE target.key = e.value`: a row for each place in the list.
    func appendJoin(list alias: String, target targetAlias: String, to sql: inout SQLText) {
        guard let reading = isNative ? "e.value" : reading else { return sql.append(" WHERE FALSE") }
        sql.append(", ")
        appendElements(alias, to: &sql)
        sql.append(" WHERE ")
        appendTarget(targetAlias, to: &sql)
        sql.append(" \(isNative ? key.columnType.written("=") : "=") \(reading)")
    }

    /// Whether the column is an array whose elements the server compares with the key.
    private var isNative: Bool { property.columnType.element?.isComparable(to: key.columnType) ?? false }

    private func appendTarget(_ alias: String, to sql: inout SQLText) {
        let column = alias + "." + quoted(key.column)
        // Which texts are values of a type without a decoder nobody can tell here.
        let isText = !isNative && key.columnType.category == .other
        sql.append(isText ? key.columnType.text(column) : key.columnType.operand(column))
    }

    private func appendElements(_ alias: String, to sql: inout SQLText) {
        if case .array = property.columnType.category {
            sql.append("unnest(")
            sql.append(property.columnType.operand(alias + "." + quoted(property.column)))
        } else {
            sql.append("jsonb_array_elements_text(")
            appendList(alias, to: &sql)
        }
        sql.append(") AS e(value)")
    }

    private func appendList(_ alias: String, to sql: inout SQLText) {
        let column = alias + "." + quoted(property.column)
        if property.columnType.category == .jsonb {
            return sql.append("CASE WHEN jsonb_typeof(\(column)) = 'array' THEN \(column) END")
        }
        let collation = property.columnType.isFolding ? " COLLATE \"default\"" : ""
        let text = "\(column)\(property.columnType.category == .text ? "" : "::text")\(collation)"
        sql.append("CASE WHEN \(text) ~ '\(JSONPattern.list)' AND \(JSONPattern.fits(text)) THEN \(column)::jsonb END")
    }

    /// An element as a key, NULL when it is none; nil when no element can be one.
    private var reading: String? {
        guard let element = property.columnType.element else { return reading("e.value") }
        guard element.isReadableKey else { return nil }
        // PostgreSQL knows no patterns under a nondeterministic collation.
        return reading(element.isFolding ? "(e.value COLLATE \"default\")" : "e.value::text")
    }

    /// What counts as a key is what ``StoredKey`` takes for one: the texts of ``StoredText``.
    private func reading(_ value: String) -> String? { StoredText(key.columnType)?.sql(value, as: key.columnType) }
}

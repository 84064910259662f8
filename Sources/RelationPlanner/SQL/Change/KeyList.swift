// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

/// A column that holds a list of keys, as an array or as JSON, in a column of JSON or of text.
///
/// Keys of arrays are compared as what they are; those in JSON, where `1` and `"1"` are the same key, by their texts.
struct KeyList {
    private let held: StoredJSON

    init(_ property: Property, of alias: String) { held = StoredJSON(property, of: alias) }

    private var type: ColumnType { held.type }
    private var column: String { held.column }
    private var isArray: Bool { type.element != nil }

    /// The list as jsonb.
    private var json: String { held.reading(orElse: "[]") }

    /// Makes what is jsonb what the column holds: in text as JSON is written elsewhere, without spaces.
    private func stored(_ json: String) -> String {
        guard type.category == .text else { return held.storing(json) }
        return
            "(SELECT '[' || coalesce(string_agg(y.e::text, ',' ORDER BY y.o), '') || ']' FROM jsonb_array_elements(\(json)) WITH ORDINALITY AS y(e, o))"
    }

    /// Appends the elements as the rows `x(e)`.
    func writeElements(to sql: inout SQLText) {
        sql.append(isArray ? "unnest(\(column)) AS x(e)" : "jsonb_array_elements_text(\(json)) AS x(e)")
    }

    /// Appends the keys of an earlier part as they are compared with elements.
    func writeKeys(of part: String, _ type: ColumnType, _ key: Property.ID, to sql: inout SQLText) {
        let own = keyColumn(of: part, key)
        sql.append(isArray ? own : type.text(own))
        sql.append(" FROM \(quoted(part))")
    }

    private func keyColumn(of part: String, _ key: Property.ID) -> String {
        quoted(part) + "." + quoted(ChangePart.column(of: key))
    }

    /// Appends the list with the keys of an earlier part behind the others.
    func write(appending part: String, _ keyType: ColumnType, _ key: Property.ID, to sql: inout SQLText) {
        let own = keyColumn(of: part, key)
        if isArray {
            sql.append("coalesce(\(column), '{}') || ARRAY(SELECT \(own) FROM \(quoted(part)))")
            if let element = type.element { sql.append("::\(element.castName)[]") }
        } else {
            sql.append(
                stored("\(json) || (SELECT coalesce(jsonb_agg(to_jsonb(\(own))), '[]') FROM \(quoted(part)))"))
        }
    }

    /// Appends the list without the keys of an earlier part.
    func write(without part: String, _ keyType: ColumnType, _ key: Property.ID, to sql: inout SQLText) {
        var keys = sql.piece()
        writeKeys(of: part, keyType, key, to: &keys)
        if isArray {
            sql.append(
                "ARRAY(SELECT x.e FROM unnest(\(column)) WITH ORDINALITY AS x(e, o) WHERE (x.e IN (SELECT \(keys.text))) IS NOT TRUE ORDER BY x.o)"
            )
        } else {
            sql.append(
                stored(
                    "(SELECT coalesce(jsonb_agg(x.e ORDER BY x.o), '[]') FROM jsonb_array_elements(\(json)) WITH ORDINALITY AS x(e, o) WHERE (x.e #>> '{}' IN (SELECT \(keys.text))) IS NOT TRUE)"
                ))
        }
    }
}

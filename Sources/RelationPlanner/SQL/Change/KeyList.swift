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
    private var json: String { "coalesce(nullif(\(held.reading), 'null'), '[]')" }

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
        sql.append(isOwn(type) ? own : type.text(own))
        sql.append(" FROM \(quoted(part))")
    }

    /// Whether elements are compared with keys of a type as they are: others stand in the list as text.
    private func isOwn(_ key: ColumnType) -> Bool { type.element.map { !$0.isText || key.isText } ?? false }

    private func keyColumn(of part: String, _ key: Property.ID) -> String {
        quoted(part) + "." + quoted(ChangePart.column(of: key))
    }

    /// Appends the list with the keys of an earlier part behind the others.
    func write(appending part: String, _ keyType: ColumnType, _ key: Property.ID, to sql: inout SQLText) {
        let own = keyColumn(of: part, key)
        if isArray {
            sql.append(
                "coalesce(\(column), '{}') || ARRAY(SELECT \(isOwn(keyType) ? own : keyType.text(own)) FROM \(quoted(part)))"
            )
            if let element = type.element { sql.append("::\(element.castName)[]") }
        } else {
            sql.append(
                stored("\(json) || (SELECT coalesce(jsonb_agg(to_jsonb(\(own))), '[]') FROM \(quoted(part)))"))
        }
    }

    /// Appends a list of the keys of an earlier part, in the order that other lists have.
    func write(
        setting part: String, _ keyType: ColumnType, _ key: Property.ID, _ order: [ChangeValue.KeyOrder],
        to sql: inout SQLText
    ) {
        let own = keyColumn(of: part, key)
        let lists = order.map { sql.reference(to: $0.values) }.joined(separator: ", ")
        let names = order.indices.map { quoted("k\($0 + 1)") }
        let equal = zip(order, names).map { order, name in
            let type = order.values.type.element ?? order.values.type
            return "\(type.operand(keyColumn(of: part, order.property))) \(type.written("=")) o.\(name)"
        }
        let place =
            "(SELECT min(o.\(quoted("place"))) FROM unnest(\(lists)) WITH ORDINALITY AS o(\((names + [quoted("place")]).joined(separator: ", "))) WHERE \(equal.joined(separator: " AND ")))"
        if isArray {
            sql.append(
                "ARRAY(SELECT \(isOwn(keyType) ? own : keyType.text(own)) FROM \(quoted(part)) ORDER BY \(place))")
            if let element = type.element { sql.append("::\(element.castName)[]") }
        } else {
            sql.append(
                stored(
                    "(SELECT coalesce(jsonb_agg(to_jsonb(\(own)) ORDER BY \(place)), '[]') FROM \(quoted(part)))"))
        }
    }

    /// Appends the list without the keys of an earlier part.
    func write(without part: String, _ keyType: ColumnType, _ key: Property.ID, to sql: inout SQLText) {
        var keys = sql.piece()
        writeKeys(of: part, keyType, key, to: &keys)
        sql.append(without("IN (SELECT \(keys.text))"))
    }

    /// Appends the list without a key.
    func write(without key: BoundValue, to sql: inout SQLText) {
        let value = sql.reference(to: key)
        sql.append(without("= " + (isOwn(key.type) ? value : key.type.text(value))))
    }

    /// The list without the elements that are among those named.
    private func without(_ those: String) -> String {
        guard !isArray else {
            return
                "ARRAY(SELECT x.e FROM unnest(\(column)) WITH ORDINALITY AS x(e, o) WHERE (x.e \(those)) IS NOT TRUE ORDER BY x.o)"
        }
        return stored(
            "(SELECT coalesce(jsonb_agg(x.e ORDER BY x.o), '[]') FROM jsonb_array_elements(\(json)) WITH ORDINALITY AS x(e, o) WHERE (x.e #>> '{}' \(those)) IS NOT TRUE)"
        )
    }
}

// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

/// Keys that JSON holds: in a member of an embedded record, or in the list of a referencesMany.
package enum StoredKey {
    /// The key in a member of an embedded record, as a value of a type; nil for none, and for what is none of its values.
    ///
    /// Numbers may be in strings, as LoopBack joins by the text of keys.
    package static func value(of name: String, as type: ColumnType, in item: JSONValue) -> BoundValue? {
        guard case .object(let members) = item, let member = members.first(where: { $0.key.hasSameBytes(as: name) }),
            member.value != .null
        else { return nil }
        let type = type.readType
        return ValueReader.contents(member.value, type, .any).map { BoundValue(type, $0) }
    }

    /// An element of a referencesMany's JSON list, as a value of the target's key; nil for what is no key.
    ///
    /// What counts as a key is what ``StoredText`` has, which ``ReferenceKeys`` asks the server for as well.
    package static func value(ofElement json: JSONValue, as type: ColumnType) -> BoundValue? {
        // Longer than any index takes: a number of a few characters may come to many thousands.
        var budget = StepBudget(1_024)
        guard !json.isContainer, let text = try? JSONOrder.text(json, &budget) else { return nil }
        let type = type.readType
        guard let stored = StoredText(type), stored.accepts(text) else { return nil }
        let contents: BoundValue.Contents?
        switch stored.form {
        case .any: contents = type.oid == ColumnType.name.oid && text.utf8.count > 63 ? nil : .text(text)
        // Not too long any more, whatever its exponent.
        case .number where type.category == .numeric: contents = DecimalText(text).map { .numeric($0.plain) }
        case .number: contents = ValueReader.contents(.number(text), type, .number)
        case .words, .labels, .form: contents = ValueReader.contents(.string(text), type, .any)
        }
        return contents.map { BoundValue(type, $0) }
    }

    /// A number as a key of a numeric type, by its value: 2.00 is the integer 2. Nil for what is none of its values.
    package static func value(ofNumber text: String, as type: ColumnType) -> BoundValue? {
        DecimalText(text).flatMap { _ in ValueReader.contents(.number(text), type, .number) }
            .map { BoundValue(type, $0) }
    }
}

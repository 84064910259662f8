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
    /// What counts as a key is what ``ReferenceKeys`` has in SQL: numbers and the same in strings, UUIDs with hyphens,
    /// texts and the text of other scalars.
    package static func value(ofElement json: JSONValue, as type: ColumnType) -> BoundValue? {
        // Longer than any index takes: a number of a few characters may come to many thousands.
        var budget = StepBudget(1_024)
        guard !json.isContainer, let text = try? JSONOrder.text(json, &budget) else { return nil }
        let type = type.readType
        let contents: BoundValue.Contents?
        switch type.category {
        case .int2, .int4, .int8:
            let digits = text.utf8.first == UInt8(ascii: "-") ? text.utf8.dropFirst() : text.utf8[...]
            guard !digits.isEmpty, digits.allSatisfy({ (48...57).contains($0) }) else { return nil }
            contents = ValueReader.contents(.number(text), type, .number)
        case .numeric, .float4, .float8:
            contents =
                DecimalText(text) == nil || text.hasPrefix("+")
                ? nil : ValueReader.contents(.number(text), type, .number)
        case .uuid:
            contents = text.utf8.count == 36 ? ValueReader.contents(.string(text), type, .string) : nil
        case .text: contents = type.oid == ColumnType.name.oid && text.utf8.count > 63 ? nil : .text(text)
        case .bool, .enumeration, .time: contents = ValueReader.contents(.string(text), type, .any)
        case .date, .timestamp, .timestamptz:
            contents = isDay(text.utf8.prefix(10)) ? ValueReader.contents(.string(text), type, .any) : nil
        case .timetz, .interval, .bytea, .json, .jsonb, .point, .array, .other: contents = nil
        }
        if case .text(let text) = contents, text.utf8.contains(0) { return nil }
        return contents.map { BoundValue(type, $0) }
    }

    /// Whether a text has the form of 2024-01-31, the one that PostgreSQL and JSON share for days.
    private static func isDay(_ text: Substring.UTF8View) -> Bool {
        text.count == 10
            && text.enumerated().allSatisfy { position, byte in
                position == 4 || position == 7 ? byte == UInt8(ascii: "-") : (48...57).contains(byte)
            }
    }

    /// A number as a key of a numeric type, by its value: 2.00 is the integer 2. Nil for what is none of its values.
    package static func value(ofNumber text: String, as type: ColumnType) -> BoundValue? {
        DecimalText(text).flatMap { _ in ValueReader.contents(.number(text), type, .number) }
            .map { BoundValue(type, $0) }
    }
}

// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

/// What makes two statements the same prepared statement: the text and the declared types of the parameters.
struct StatementKey: Hashable {
    let text: String
    /// Only the types count; the values' places come along because copying them out would cost an allocation.
    private let slots: [Parameters.Slot]

    init(_ statement: Statement) {
        text = statement.text
        slots = statement.parameters.slots
    }

    /// The declared types of the parameters.
    var types: some Sequence<TypeID> { slots.lazy.map(\.type) }

    static func == (one: StatementKey, other: StatementKey) -> Bool {
        // To Swift texts are equal that to PostgreSQL name different columns.
        guard one.slots.count == other.slots.count, one.text.hasSameBytes(as: other.text) else { return false }
        for index in one.slots.indices where one.slots[index].type != other.slots[index].type { return false }
        return true
    }

    func hash(into hasher: inout Hasher) {
        hasher.combine(text)
        for slot in slots { hasher.combine(slot.type.rawValue) }
    }
}

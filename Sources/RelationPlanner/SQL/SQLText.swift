// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

/// A statement being written: text, and what its parameters are.
///
/// The same slot asked for twice is bound once.
struct SQLText {
    /// Whether values that are part of the plan are bound each by itself, equal or not: of a change they are the caller's, and its
    /// text is not to depend on which of them happen to be equal.
    var keepsValuesApart = false
    /// The text as it is at the time: made anew each time.
    var text: String { String(decoding: bytes, as: UTF8.self) }
    /// A statement is hundreds of pieces, and bytes are appended to bytes with less ado than strings to strings.
    private var bytes: [UInt8] = []
    private(set) var slots: [ParameterSlot] = []
    private var aliases = 0

    init() { bytes.reserveCapacity(512) }

    mutating func append(_ sql: String) { bytes.append(contentsOf: sql.utf8) }

    /// Appends a quoted identifier.
    mutating func append(identifier name: String) {
        guard !name.utf8.contains(UInt8(ascii: "\"")) else { return append(quoted(name)) }
        append("\"")
        append(name)
        append("\"")
    }

    /// Appends `alias."column"`.
    mutating func append(column: String, of alias: String) {
        append(alias)
        append(".")
        append(identifier: column)
    }

    /// Appends `alias."column"` as a value of its type, see ``ColumnType/operand(_:)``.
    mutating func append(operand column: String, of alias: String, _ type: ColumnType) {
        append(column: column, of: alias)
        guard type.isBehindDomain else { return }
        append("::")
        append(type.castName)
    }

    /// Appends `"schema"."table" AS alias`.
    mutating func append(table model: Model, alias: String) {
        append(identifier: model.tableSchema)
        append(".")
        append(identifier: model.table)
        append(" AS ")
        append(alias)
    }

    /// The `$n` that stands for a slot, for expressions that name it several times.
    mutating func reference(to slot: ParameterSlot) -> String { "$\(number(of: slot))" }

    private mutating func number(of slot: ParameterSlot) -> Int {
        if case .constant = slot, keepsValuesApart {
            slots.append(slot)
            return slots.count
        }
        if let position = slots.firstIndex(of: slot) { return position + 1 }
        slots.append(slot)
        return slots.count
    }

    /// The `$n` of a filter's value, cast where it is sent as text: one that was taken out of the shape, or one that
    /// stayed in it.
    mutating func reference(to value: BoundValue) -> String { value.type.parameter(number(of: value)) }

    private mutating func number(of value: BoundValue) -> Int {
        if case .slot(let position) = value.contents { return number(of: .value(position, value.type)) }
        return number(of: .constant(value))
    }

    /// Appends ``reference(to:)-(ParameterSlot)``.
    mutating func append(parameter slot: ParameterSlot) {
        append("$")
        append(String(number(of: slot)))
    }

    /// Appends ``reference(to:)-(BoundValue)``.
    mutating func append(value: BoundValue) {
        append("$")
        append(String(number(of: value)))
        guard !value.type.isSentAsItIs else { return }
        append("::")
        append(value.type.castName)
    }

    /// Appends `a = b` of two columns, as their types have it; values of types that the server can't compare are equal when
    /// their texts are, as included rows are.
    mutating func append(equal own: (type: ColumnType, column: String), to other: (type: ColumnType, column: String)) {
        guard own.type.isComparable(to: other.type) else {
            return append("\(own.type.text(own.column)) = \(other.type.text(other.column))")
        }
        append(own.type.operand(own.column))
        append(operator: "=", of: own.type)
        append(other.type.operand(other.column))
    }

    /// Appends an operator of a type between two blanks, see ``ColumnType/written(_:)-(String)``.
    mutating func append(operator symbol: String, of type: ColumnType) {
        append(" ")
        append(type.written(symbol))
        append(" ")
    }

    /// An alias that the statement does not use yet.
    mutating func newAlias() -> String {
        aliases += 1
        return "r\(aliases)"
    }

    /// A piece of the statement that is written before the place it stands at is reached: it goes on with the statement's
    /// parameters and aliases.
    func piece() -> SQLText {
        var piece = self
        piece.bytes = []
        return piece
    }

    /// Goes on with the parameters and aliases of a piece; its text is the caller's to place.
    mutating func adopt(_ piece: SQLText) {
        slots = piece.slots
        aliases = piece.aliases
    }

    /// Appends a separator, but not before the first of a list.
    mutating func append(separator: String, isFirst: inout Bool) {
        if !isFirst { append(separator) }
        isFirst = false
    }
}

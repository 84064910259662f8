// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

public import Libpq
import RelationPlanner

/// What a typed model reads a record from: `try row("name")` is the property of that name, as the type that is wanted.
///
/// Names are looked up for the first record of an answer only; from then on the place of the call says which column it is, as long as
/// it is the same call. So a model reads its properties in the same order each time, and in any order it likes.
public struct RecordReader {
    @usableFromInline struct Known {
        /// Where the name's text lies.
        @usableFromInline let name: UInt
        /// The column, -1 for what isn't read from a cell.
        @usableFromInline let column: Int

        init(name: UInt, column: Int) {
            self.name = name
            self.column = column
        }
    }

    @usableFromInline let rows: RowSet?
    @usableFromInline var row = 0
    @usableFromInline var call = 0
    @usableFromInline var known: [Known] = []
    /// Whether each row is read from its cells.
    @usableFromInline let isPlain: Bool
    private let model: String
    private let columns: [String: GraphLayout.ColumnLayout]
    /// The member that the record is, of a link: it stands in the row of the record that it leads to.
    private let member: String?
    /// The column with a whole record as jsonb, of embedded ones.
    private let record: Int?
    /// A record that is JSON.
    private var object: JSONValue?
    /// What is shown of some rows instead of their own, by row: JSON without its braces.
    private let replaced: [Int: [UInt8]]?
    /// How JSON that was replaced shows values.
    private let options: JSONOptions
    /// Whether the row is one of these.
    private var isReplaced = false

    init(
        _ rows: RowSet?, _ layout: GraphLayout.NodeLayout, _ model: String, _ replaced: [Int: [UInt8]]?,
        _ options: JSONOptions, isLink: Bool = false
    ) {
        self.rows = layout.record == nil ? rows : nil
        records = layout.record == nil ? nil : rows
        self.model = model
        columns = isLink ? layout.linkColumnsByName : layout.columnsByName
        member = isLink ? layout.link?.name : nil
        record = layout.record
        self.replaced = replaced
        self.options = options
        isPlain = layout.record == nil && replaced == nil
    }

    /// A record that is JSON.
    init(_ object: JSONValue, _ model: String) {
        rows = nil
        records = nil
        self.model = model
        columns = [:]
        member = nil
        record = nil
        replaced = nil
        options = JSONOptions()
        isPlain = true
        self.object = object
    }

    /// Rows whose records are JSON.
    private let records: RowSet?

    @inlinable
    mutating func begin(_ row: Int) throws {
        self.row = row
        call = 0
        if !isPlain { try beginOther() }
    }

    /// Begins a row that isn't read from its cells alone.
    @usableFromInline
    mutating func beginOther() throws {
        isReplaced = false
        if let members = replaced?[row] {
            object = try JSONValue(parsing: [UInt8(ascii: "{")] + members + [UInt8(ascii: "}")], maximumDepth: 512)
            if let member { object = object?[member] ?? .null }
            isReplaced = true
            // No place of a call is known for such a row, and none is learned of it.
            call = Self.beyond
            return
        }
        guard let record, let records else { return }
        guard let cell = records.bytes(row: row, column: record), cell.count > 1 else { return object = .null }
        object = try JSONValue(parsing: Array(cell.dropFirst()), maximumDepth: 512)
    }

    private static let beyond = Int.max / 2

    /// A property.
    ///
    /// - Parameter name: the property's name, as the definition has it.
    /// - Throws: ``ModelError`` `PROPERTY_NOT_LOADED` when the rows haven't got it; `UNREADABLE_VALUE` when the value is of another
    ///   type, or NULL where no optional is wanted.
    @inlinable
    public mutating func callAsFunction<Value: PropertyValue>(_ name: StaticString) throws -> Value {
        let position = call
        call &+= 1
        if position < known.count, let rows {
            let next = known[position]
            if next.name == UInt(bitPattern: name.utf8Start), next.column >= 0 {
                do {
                    return try rows.decode(Value.self, row: row, column: next.column)
                } catch {
                    throw failure("\(name)", Value.self, error)
                }
            }
        }
        return try lookUp("\(name)", UInt(bitPattern: name.utf8Start), at: position)
    }

    /// A property by a name that isn't known when the program is compiled; the same one at the same position each time.
    mutating func value<Value: PropertyValue>(_ name: String, at position: Int) throws -> Value {
        if !isReplaced, position < known.count, known[position].column >= 0, let rows {
            do {
                return try rows.decode(Value.self, row: row, column: known[position].column)
            } catch {
                throw failure(name, Value.self, error)
            }
        }
        return try lookUp(name, 0, at: position)
    }

    /// The next property, by such a name.
    mutating func next<Value: PropertyValue>(_ name: String, as type: Value.Type) throws -> Value {
        let position = call
        call &+= 1
        return try value(name, at: position)
    }

    @usableFromInline
    mutating func lookUp<Value: PropertyValue>(_ text: String, _ place: UInt, at position: Int) throws -> Value {
        guard let rows else { return try json(object?[text] ?? .null, text) }
        guard let column = columns[text] else {
            if isReplaced, let value = object?[text] { return try json(value, text) }
            throw missing(text, Value.self)
        }
        if isReplaced {
            // What a hook has changed; the rest is read as it is stored.
            let shown = object?[text] ?? .null
            guard try shown == self.shown(column, of: rows, Value.self) else { return try json(shown, text) }
        }
        let isCell = Self.isCell(column.format, Value.propertyType)
        if position == known.count, !isReplaced {
            known.append(Known(name: place, column: isCell ? column.position : -1))
        }
        if isCell {
            do {
                return try rows.decode(Value.self, row: row, column: column.position)
            } catch {
                throw failure(text, Value.self, error)
            }
        }
        return try json(try shown(column, of: rows, Value.self), text)
    }

    /// What ``Graph/json(_:)`` shows of a cell.
    private func shown(_ column: GraphLayout.ColumnLayout, of rows: RowSet, _ type: Any.Type) throws -> JSONValue {
        guard let cell = rows.bytes(row: row, column: column.position) else { return .null }
        var buffer = isReplaced ? ByteBuffer(capacity: 256, options) : ByteBuffer(capacity: 256)
        do {
            try CellWriter.write(cell, column.format, to: &buffer)
        } catch {
            throw unreadable(column.name, type, "it is not what the column's type says")
        }
        return try JSONValue(parsing: buffer.array, maximumDepth: 512)
    }

    /// Whether a value is read from its cell. JSON isn't where something in it is hidden, or no document is wanted: a text is one that
    /// is a text in JSON, for as that it would be written again.
    private static func isCell(_ format: CellFormat, _ type: PropertyType) -> Bool {
        switch format {
        case .concealing: false
        case .json, .jsonb, .textHoldingJSON: type.kind == .object
        default: true
        }
    }

    private func json<Value: PropertyValue>(_ json: JSONValue, _ name: String) throws -> Value {
        do throws(CellError) {
            return try Value(json: json)
        } catch {
            throw unreadable(name, Value.self, error.explanation, isNull: json == .null)
        }
    }

    // MARK: Errors

    @usableFromInline
    func failure(_ name: String, _ type: Any.Type, _ error: any Error) -> ModelError {
        let isNull = columns[name].map { rows?.isNull(row: row, column: $0.position) ?? false } ?? false
        return unreadable(name, type, (error as? PostgresError)?.message ?? "\(error)", isNull: isNull)
    }

    private func unreadable(_ name: String, _ type: Any.Type, _ reason: String, isNull: Bool = false) -> ModelError {
        let text =
            isNull
            ? "\(model).\(name) is NULL, which \(type) can't be. Declare the property as \(type)?."
            : "\(model).\(name) can't be read as \(type): \(reason.hasSuffix(".") ? reason : reason + ".") Declare the property as a type that reads the column."
        return ModelError(.unreadableValue, text, model: model, property: name, type: "\(type)")
    }

    private func missing(_ name: String, _ type: Any.Type) -> ModelError {
        let there = columns.keys.sorted().joined(separator: ", ")
        return ModelError(
            .propertyNotLoaded,
            "\(model).\(name) wasn't fetched. The rows have \(there.isEmpty ? "no properties" : there). Add it to the fields that are asked for, or correct the name.",
            model: model, property: name, type: "\(type)")
    }
}

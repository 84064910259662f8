// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import RelationPlanner

/// Makes rows of a binary COPY out of records, checked by the rules of their model.
///
/// Records as most are go from their bytes to those of the row; any that has something that isn't so is read and checked as a whole,
/// in the way of `create`, which alone says what is wrong.
final class RowEncoder {
    let model: Model
    let columns: [ImportColumn]
    let places: PropertyPlaces
    private let schema: Schema
    private let defaults: DefaultValues
    private let takesKey: Bool
    private let keepsGiven: Bool
    /// Properties that are made of others, where data may have them: what has been exported is imported again.
    private let made: Swift.Set<String>

    /// Whether columns that the database fills are left out of rows; else they are NULL there.
    var omits = true
    /// The fields of the last row.
    private(set) var row = ByteBuffer(capacity: 4096)
    /// Which columns it has.
    private(set) var set = ColumnSet()
    /// The values of the record at hand, by column.
    var tokens: [Token]

    /// - Parameters:
    ///   - said: the values that the default scope of the model says.
    ///   - takesKey: whether keys may be given that the database makes.
    ///   - keepsGiven: whether it matters which properties the data have.
    init(
        _ planning: Planning, _ model: Model, said: [(Property.ID, BoundValue)], takesKey: Bool, keepsGiven: Bool
    ) throws {
        self.model = model
        let schema = planning.schema
        self.schema = schema
        defaults = planning.defaults
        self.takesKey = takesKey
        self.keepsGiven = keepsGiven
        columns = try model.properties.filter { schema.filling(of: $0, in: model) != .generated }.map { property in
            try ImportColumn(
                property, of: model, in: schema, said: said.first { $0.0 == property.id }?.1,
                takesKey: takesKey)
        }
        made =
            takesKey
            ? Swift.Set(model.properties.filter { schema.filling(of: $0, in: model) == .generated }.map(\.name)) : []
        places = PropertyPlaces(columns, of: model, ignoring: made)
        tokens = [Token](repeating: Token(), count: columns.count)
    }

    // MARK: Records

    /// Makes the row of a record of JSON.
    ///
    /// - Returns: what is wrong with it; nil where there is a row.
    func encode(json record: UnsafeRawBufferPointer) -> ErrorReport? {
        if JSONRecord.scan(record, places, into: &tokens), encodeTokens(record) { return nil }
        do throws(PlannerError) {
            return encode(try JSONValue(parsing: Array(record)))
        } catch {
            return ErrorReport(error)
        }
    }

    /// Makes the row of the ``tokens``, which are of a record of CSV.
    func encode(cells record: UnsafeRawBufferPointer, isPlain: Bool) -> ErrorReport? {
        for place in tokens.indices where tokens[place].kind == .null && columns[place].isMadeWhenEmpty {
            tokens[place].kind = .absent
        }
        if isPlain, encodeTokens(record) { return nil }
        var members: [JSONValue.Member] = []
        for (place, column) in columns.enumerated() {
            guard let value = json(of: tokens[place], column, record) else { continue }
            members.append(.init(column.property.name, value))
        }
        return encode(.object(members))
    }

    /// Makes the row of a record.
    func encode(_ json: JSONValue) -> ErrorReport? {
        begin()
        var reader = DataReader(schema, model, .create, defaults)
        reader.takesKey = takesKey
        reader.takesReadOnly = true
        var json = json
        if !made.isEmpty, let members = json.members { json = .object(members.filter { !made.contains($0.key) }) }
        let record = reader.record(json)
        do {
            try reader.finish()
            var given: Swift.Set<Property.ID> = []
            if keepsGiven { given = Swift.Set((json.members ?? []).compactMap { model.propertyIDs[$0.key] }) }
            for (place, column) in columns.enumerated() {
                if let said = column.said {
                    put(said, place)
                } else if case .value(let value)? = record[column.property.id] {
                    put(try ImportColumn.field(value.contents, of: column.property), place)
                    if given.contains(column.property.id) { set.given.insert(place) }
                } else {
                    leaveOut()
                }
            }
            return nil
        } catch {
            return ErrorReport(error, in: schema)
        }
    }

    // MARK: Fields

    /// Appends the fields of the last row.
    func appendRow(to bytes: inout [UInt8]) { row.append(to: &bytes) }

    /// From now on rows have a field for each column: so has the last one.
    func spread() {
        omits = false
        let fields = row.array
        row.truncate(to: 0)
        var position = 0
        for place in columns.indices {
            guard set.written.contains(place) else {
                row.append(bigEndian: Int32(-1))
                continue
            }
            let length = fields[position..<position + 4].reduce(UInt32(0)) { $0 << 8 | UInt32($1) }
            let end = position + 4 + max(0, Int(Int32(bitPattern: length)))
            row.append(Array(fields[position..<end]))
            position = end
        }
    }

    private func begin() {
        row.truncate(to: 0)
        set = ColumnSet()
    }

    private func put(_ field: [UInt8], _ place: Int) {
        row.append(field)
        set.written.insert(place)
    }

    private func putNull(_ place: Int) {
        row.append(bigEndian: Int32(-1))
        set.written.insert(place)
    }

    private func leaveOut() {
        if !omits { row.append(bigEndian: Int32(-1)) }
    }

    /// Makes a row of values that needn't be looked at together.
    ///
    /// - Returns: false where they have to be.
    private func encodeTokens(_ record: UnsafeRawBufferPointer) -> Bool {
        begin()
        for place in columns.indices {
            let column = columns[place]
            let token = tokens[place]
            switch token.kind {
            case .absent:
                switch column.absence {
                case .omitted: leaveOut()
                case .null: putNull(place)
                case .constant(let field): put(field, place)
                case .checked: return false
                }
            case .null:
                guard !column.refusesNull else { return false }
                putNull(place)
                if keepsGiven { set.given.insert(place) }
            default:
                guard !column.isChecked, write(token, column, record) else { return false }
                set.written.insert(place)
                if keepsGiven { set.given.insert(place) }
            }
        }
        return true
    }

    /// Appends a value's field.
    private func write(_ token: Token, _ column: ImportColumn, _ record: UnsafeRawBufferPointer) -> Bool {
        guard token.kind == .text || token.kind == .number else {
            if column.writer == .bool, token.kind == .yes || token.kind == .no {
                row.append(bigEndian: Int32(1))
                row.append(token.kind == .yes ? 1 : 0)
                return true
            }
            return writeValue(token, column, record)
        }
        let bytes = token.bytes(in: record)
        switch column.writer {
        case .int2:
            guard let value = PlainText.integer(bytes), let value = Int16(exactly: value) else { break }
            row.append(bigEndian: Int32(2))
            row.append(bigEndian: value)
            return true
        case .int4:
            guard let value = PlainText.integer(bytes), let value = Int32(exactly: value) else { break }
            row.append(bigEndian: Int32(4))
            row.append(bigEndian: value)
            return true
        case .int8:
            guard let value = PlainText.integer(bytes) else { break }
            row.append(bigEndian: Int32(8))
            row.append(bigEndian: value)
            return true
        case .float8:
            guard let value = PlainText.double(bytes) else { break }
            row.append(bigEndian: Int32(8))
            row.append(bigEndian: value.bitPattern)
            return true
        case .float4:
            guard let value = PlainText.double(bytes), Float(value).isFinite else { break }
            row.append(bigEndian: Int32(4))
            row.append(bigEndian: Float(value).bitPattern)
            return true
        case .numeric:
            guard let number = PlainText.decimal(bytes), number.integerDigits <= column.room else { break }
            row.append(number)
            return true
        case .text:
            guard token.kind == .text, bytes.count <= column.room else { break }
            row.append(bigEndian: Int32(truncatingIfNeeded: bytes.count))
            row.append(bytes)
            return true
        case .instant:
            guard token.kind == .text, let value = PlainText.instant(bytes) else { break }
            row.append(bigEndian: Int32(8))
            row.append(bigEndian: value)
            return true
        case .date:
            guard token.kind == .text, bytes.count == 10, let value = PlainText.day(bytes) else { break }
            row.append(bigEndian: Int32(4))
            row.append(bigEndian: value)
            return true
        case .uuid:
            guard token.kind == .text, let (high, low) = PlainText.uuid(bytes) else { break }
            row.append(bigEndian: Int32(16))
            row.append(bigEndian: high)
            row.append(bigEndian: low)
            return true
        case .bool, .value: break
        }
        return writeValue(token, column, record)
    }

    /// Appends the field of a value by way of what `create` makes of it.
    private func writeValue(_ token: Token, _ column: ImportColumn, _ record: UnsafeRawBufferPointer) -> Bool {
        guard let json = json(of: token, column, record),
            let contents = ValueReader.contents(json, column.type, column.property.kind),
            column.columnRoom.excess(contents) == nil,
            let field = try? ImportColumn.field(contents, of: column.property)
        else { return false }
        row.append(field)
        return true
    }

    /// The value of a cell or of a member; nil where there is none, and where it can't be read.
    private func json(of token: Token, _ column: ImportColumn, _ record: UnsafeRawBufferPointer) -> JSONValue? {
        guard column.holdsJSON, isCSV, token.kind == .text || token.kind == .doubled else {
            if token.kind == .escaped { return try? JSONValue(parsing: Array(token.bytes(in: record))) }
            return token.json(in: record)
        }
        let text = token.text(in: record)
        return (try? JSONValue(parsing: text)) ?? .string(text)
    }

    /// Whether cells of CSV are read: texts in which lists and JSON are JSON texts.
    var isCSV = false
}

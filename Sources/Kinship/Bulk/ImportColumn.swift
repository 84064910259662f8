// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import RelationPlanner

/// A column that an import writes: what becomes of a value, and of none, as far as that is the same for all records.
final class ImportColumn: Sendable {
    /// How values that are written as most are get to the column's binary form.
    enum Writer {
        case bool, int2, int4, int8, float4, float8, numeric, text, date, instant, uuid
        /// By way of their checked value.
        case value
    }

    /// What becomes of a record without a value.
    enum Absence {
        /// The database makes it.
        case omitted
        case null
        /// The same for all records: a field of a row, with its length.
        case constant([UInt8])
        /// That is for the check of the whole record to say.
        case checked
    }

    let property: Property
    let type: ColumnType
    let writer: Writer
    let absence: Absence
    /// Whether any value has to be checked with its whole record.
    let isChecked: Bool
    /// Whether NULL has to be.
    let refusesNull: Bool
    /// Whether an empty cell of CSV leaves the value to the database.
    let isMadeWhenEmpty: Bool
    /// Whether a cell of CSV is a JSON text.
    let holdsJSON: Bool
    /// The field of all records, whatever they say: what the model's default scope has.
    let said: [UInt8]?
    /// The longest text in bytes, and the most digits ahead of the point, that fit without being looked at closely.
    let room: Int
    /// What there is room for.
    let columnRoom: ColumnRoom

    /// - Parameters:
    ///   - said: the value that the default scope of the model says.
    ///   - takesKey: whether keys may be given that the database makes.
    init(_ property: Property, of model: Model, in schema: Schema, said: BoundValue?, takesKey: Bool) throws {
        self.property = property
        type = property.columnType
        columnRoom = ColumnRoom(type)
        self.said = try said.map { try Self.field($0.contents, of: property) }
        let filling = schema.filling(of: property, in: model)
        let isKey = model.primaryKey.contains(property.id)
        let isMade = property.isGenerated && !(isKey && (takesKey || model.definition.forceId == false))
        let isEmbedded = model.relations.contains { $0.embedded == property.id }
        let isList = model.relations.contains { $0.kind == .referencesMany && $0.sourceKey == [property.id] }
        isChecked =
            isMade || isEmbedded || said != nil
            || PropertyRules.apply(to: property)
        refusesNull = isMade || property.isRequired || said != nil
        isMadeWhenEmpty = property.isGenerated || filling == .identity || filling == .identityAlways
        holdsJSON = property.isJSONText(in: model)
        (writer, room) = Self.writer(type)

        let definition = property.definition
        if let field = self.said {
            absence = .constant(field)
        } else if isEmbedded || isList && property.isImplied || definition.defaultFunction != nil {
            absence = .checked
        } else if let value = definition.defaultValue, value != .null {
            let isPlain = !isMade && !PropertyRules.apply(to: property)
            if isPlain, let contents = ValueReader.contents(value, type, property.kind),
                columnRoom.excess(contents) == nil
            {
                absence = .constant(try Self.field(contents, of: property))
            } else {
                absence = .checked
            }
        } else if property.id == model.version?.id {
            absence = filling == .none ? .constant(try Self.field(.integer(1), of: property)) : .omitted
        } else if filling != .none {
            absence = .omitted
        } else if property.isRequired, !property.isGenerated {
            absence = .checked
        } else {
            absence = .null
        }
    }

    /// A value as a field of a row of a binary COPY.
    static func field(_ contents: BoundValue.Contents, of property: Property) throws -> [UInt8] {
        var field: [UInt8] = []
        guard contents != .null else {
            field.append(bigEndian: Int32(-1))
            return field
        }
        var bytes: [UInt8] = []
        try Parameters.write(contents, as: property.columnType.wireType, to: &bytes)
        field.append(bigEndian: Int32(bytes.count))
        return field + bytes
    }

    private static func writer(_ type: ColumnType) -> (Writer, room: Int) {
        switch type.category {
        case .bool: (.bool, 0)
        case .int2: (.int2, 0)
        case .int4: (.int4, 0)
        case .int8: (.int8, 0)
        case .float4: (.float4, 0)
        case .float8: (.float8, 0)
        case .numeric: (.numeric, type.precision.map { max(0, $0 - (type.scale ?? 0)) } ?? .max)
        case .text: (.text, type.oid == ColumnType.name.oid ? 63 : type.length ?? .max)
        case .date: (.date, 0)
        case .timestamp, .timestamptz: (.instant, 0)
        case .uuid: (.uuid, 0)
        default: (.value, 0)
        }
    }
}

// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import KinshipSchema

/// The Swift type of a property, and what a typed definition makes of it.
struct SwiftType: Hashable {
    var name: String
    var kind: PropertyKind
    var dataType: String
    var needsFoundation = false

    static let json = SwiftType(name: "JSONValue", kind: .object, dataType: "jsonb")
    static let string = SwiftType(name: "String", kind: .string, dataType: "text")

    /// A list of them.
    var list: SwiftType {
        SwiftType(
            name: "[\(name)]", kind: .array(of: kind), dataType: dataType + "[]", needsFoundation: needsFoundation)
    }

    /// The type that reads a property of a model.
    init(
        _ property: Property, of model: Model, _ schema: Schema, _ enumerations: Enumerations,
        _ options: GeneratorOptions
    ) {
        let references = model.relations.first { $0.kind == .referencesMany && $0.sourceKey == [property.id] }
        if let references, let target = references.target.map({ schema[$0] }), let key = references.targetKey.first {
            self = SwiftType(target.properties[key], of: target, schema, enumerations, options).list
            return
        }
        let isNumber = property.kind == .number && property.isOfAnyNumber(in: model)
        if isNumber, !model.primaryKey.contains(property.id), property.definition.keyPosition == nil {
            self = SwiftType(name: "Double", kind: .number, dataType: "double precision")
        } else {
            self = Self.type(of: property.columnType, property.kind, enumerations)
            if options.hasNullElements, name.hasSuffix("]") { name = name.dropLast() + "?]" }
        }
    }

    private init(name: String, kind: PropertyKind, dataType: String, needsFoundation: Bool = false) {
        self.name = name
        self.kind = kind
        self.dataType = dataType
        self.needsFoundation = needsFoundation
    }

    private static func type(
        of column: ColumnType, _ kind: PropertyKind, _ enumerations: Enumerations
    ) -> SwiftType {
        switch column.category {
        case .bool: SwiftType(name: "Bool", kind: .boolean, dataType: "boolean")
        case .int2, .int4, .int8: SwiftType(name: "Int", kind: .number, dataType: "bigint")
        case .float4: SwiftType(name: "Float", kind: .number, dataType: "real")
        case .float8: SwiftType(name: "Double", kind: .number, dataType: "double precision")
        case .numeric:
            (column.precision ?? 0) > 38
                ? SwiftType(name: "PostgresNumeric", kind: .number, dataType: "numeric")
                : SwiftType(name: "Decimal", kind: .number, dataType: "numeric", needsFoundation: true)
        case .text: list(inJSON: kind) ?? (isJSON(kind) ? .json : .string)
        case .bytea: SwiftType(name: "Data", kind: .buffer, dataType: "bytea", needsFoundation: true)
        case .uuid: SwiftType(name: "UUID", kind: .string, dataType: "uuid", needsFoundation: true)
        case .date: SwiftType(name: "PostgresDate", kind: .date, dataType: "date")
        case .time: SwiftType(name: "PostgresTime", kind: .string, dataType: "time without time zone")
        case .timetz: SwiftType(name: "PostgresTimeTZ", kind: .string, dataType: "time with time zone")
        case .timestamp: SwiftType(name: "PostgresTimestamp", kind: .date, dataType: "timestamp without time zone")
        case .timestamptz:
            SwiftType(name: "Date", kind: .date, dataType: "timestamp with time zone", needsFoundation: true)
        case .interval: SwiftType(name: "PostgresInterval", kind: .string, dataType: "interval")
        case .point: SwiftType(name: "PostgresPoint", kind: .geopoint, dataType: "point")
        case .json, .jsonb: list(inJSON: kind) ?? .json
        case .enumeration: enumerations.type(column) ?? .string
        case .array(let element): type(of: element, Self.element(of: kind), enumerations).list
        case .other: .string
        }
    }

    /// Lists of scalars that are kept as JSON.
    private static func list(inJSON kind: PropertyKind) -> SwiftType? {
        guard case .array(let element) = kind else { return nil }
        return switch element {
        case .string: SwiftType.string.list
        case .number: SwiftType(name: "Double", kind: .number, dataType: "double precision").list
        case .boolean: SwiftType(name: "Bool", kind: .boolean, dataType: "boolean").list
        default: nil
        }
    }

    private static func isJSON(_ kind: PropertyKind) -> Bool {
        switch kind {
        case .object, .any, .array, .model: true
        default: false
        }
    }

    private static func element(of kind: PropertyKind) -> PropertyKind {
        if case .array(let element) = kind { element } else { .string }
    }
}

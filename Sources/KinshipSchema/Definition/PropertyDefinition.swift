// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

/// A property as it is described.
public struct PropertyDefinition: Sendable, Hashable {
    /// The property's name.
    public var name: String
    /// LoopBack's type.
    public var kind: PropertyKind
    /// The column; nil for the name in lower case.
    public var column: String?
    /// PostgreSQL's type as it is written; nil for LoopBack's type for the kind.
    public var dataType: String?
    /// The length of a character type.
    public var length: Int?
    /// The digits of a `numeric`.
    public var precision: Int?
    /// The digits after its point.
    public var scale: Int?
    /// The place in the key: 1 for a simple key; nil for a property that isn't part of it.
    public var keyPosition: Int?
    /// Whether the database makes the value.
    public var isGenerated: Bool
    /// `useDefaultIdType: false`: a generated key keeps the type that is written.
    public var keepsKeyType = false
    /// Whether records must have a value.
    public var isRequired: Bool
    /// `nullable`, when it is said.
    public var isNullable: Bool?
    /// Whether it never leaves the process.
    public var isHidden: Bool
    /// The value of new records that don't give one.
    public var defaultValue: JSONValue?
    /// `guid`, `uuid`, `uuidv4`, `now`, `shortid` or `nanoid`.
    public var defaultFunction: String?
    /// `postgresql.dbDefault`.
    public var databaseDefault: String?
    /// `postgresql.generated`: the expression that the database makes the column of, in SQL.
    public var generatedExpression: String?
    /// `postgresql.identity`: whether the column numbers its rows by itself, key or not, and whether a number can be given.
    public var identity: Identity?
    /// `postgresql.domain`: what `dataType` is, where it is a domain of the database's own.
    public var domain: DomainDefinition?
    /// `postgresql.enum`: the values of the enumeration that `dataType` is, or is a list of; empty for those of the property's own `enum`.
    public var typeValues: [String] = []
    /// Whether data of records may not have it.
    public var isReadOnly = false
    /// Whether an index is asked for, and whether a unique one.
    public var isIndexed: Bool
    /// Whether the index is unique.
    public var isUnique: Bool
    /// The method of the index that is asked for: `hash`, `gin` …; nil for the default.
    public var indexMethod: String?
    /// Whether the type is written `json`: a text to programs, that migration keeps as a document.
    package var isDocument = false
    /// The description.
    public var summary: String?
    /// Other members, as they were written.
    public var settings: [JSONValue.Member] = []

    /// How a column numbers its rows.
    public enum Identity: String, Sendable, Hashable, CaseIterable {
        /// With its next number, whatever is given.
        case always
        /// With its next number, where none is given.
        case byDefault = "by default"
    }

    /// A property described in code.
    public init(
        _ name: String, _ kind: PropertyKind, column: String? = nil, dataType: String? = nil, length: Int? = nil,
        precision: Int? = nil, scale: Int? = nil, keyPosition: Int? = nil, isGenerated: Bool = false,
        isRequired: Bool = false, isNullable: Bool? = nil, isHidden: Bool = false, defaultValue: JSONValue? = nil
    ) {
        self.name = name
        self.kind = kind
        self.column = column
        self.dataType = dataType
        self.length = length
        self.precision = precision
        self.scale = scale
        self.keyPosition = keyPosition
        self.isGenerated = isGenerated
        self.isRequired = isRequired
        self.isNullable = isNullable
        self.isHidden = isHidden
        self.defaultValue = defaultValue
        isIndexed = false
        isUnique = false
    }

    /// A generated whole-number key.
    public static func id(_ name: String = "id", column: String? = nil) -> PropertyDefinition {
        PropertyDefinition(name, .number, column: column, keyPosition: 1, isGenerated: true)
    }

    /// A number; `integer` unless a type is given.
    public static func number(_ name: String, column: String? = nil, dataType: String? = nil) -> PropertyDefinition {
        PropertyDefinition(name, .number, column: column, dataType: dataType)
    }

    /// A text.
    public static func string(_ name: String, column: String? = nil, dataType: String? = nil) -> PropertyDefinition {
        PropertyDefinition(name, .string, column: column, dataType: dataType)
    }

    /// A boolean.
    public static func boolean(_ name: String, column: String? = nil) -> PropertyDefinition {
        PropertyDefinition(name, .boolean, column: column)
    }

    /// A point in time; `timestamp with time zone` unless a type is given.
    public static func date(_ name: String, column: String? = nil, dataType: String? = nil) -> PropertyDefinition {
        PropertyDefinition(name, .date, column: column, dataType: dataType)
    }

    /// A JSON object, kept in `jsonb` unless a type is given.
    public static func object(_ name: String, column: String? = nil, dataType: String = "jsonb") -> PropertyDefinition {
        PropertyDefinition(name, .object, column: column, dataType: dataType)
    }

    /// The type of the column as far as the definition says it: the one written, else LoopBack's for the kind.
    package var columnType: ColumnType {
        if let dataType {
            return ColumnType(named: dataType, length: length, precision: precision, scale: scale)
        }
        return switch kind {
        case .number: .int4
        case .boolean: .bool
        case .date: .timestamptz
        case .geopoint: .point
        case .string, .buffer, .object, .any, .array, .model: .text
        }
    }
}

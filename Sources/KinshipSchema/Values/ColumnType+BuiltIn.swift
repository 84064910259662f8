// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

extension ColumnType {
    /// A type of PostgreSQL's own: OIDs are those of `pg_type.dat`, the same in every server.
    package init(_ oid: UInt32, array: UInt32, _ name: String, _ category: Category, bytewise: Bool = true) {
        self.init(
            oid: oid, name: name, category: category, arrayOID: array, precision: nil, scale: nil, length: nil,
            equalityIsBytewise: bytewise)
    }

    /// One without a decoder.
    package init(_ oid: UInt32, array: UInt32, _ name: String, _ features: TypeFeatures) {
        self.init(oid, array: array, name, .other, bytewise: false)
        self.features = features
    }

    /// `boolean`.
    public static let bool = ColumnType(16, array: 1000, "boolean", .bool)
    /// `bytea`.
    public static let bytea = ColumnType(17, array: 1001, "bytea", .bytea)
    /// `smallint`.
    public static let int2 = ColumnType(21, array: 1005, "smallint", .int2)
    /// `integer`.
    public static let int4 = ColumnType(23, array: 1007, "integer", .int4)
    /// `bigint`.
    public static let int8 = ColumnType(20, array: 1016, "bigint", .int8)
    /// `real`.
    public static let float4 = ColumnType(700, array: 1021, "real", .float4, bytewise: false)
    /// `double precision`.
    public static let float8 = ColumnType(701, array: 1022, "double precision", .float8, bytewise: false)
    /// `numeric` without limits.
    public static let numeric = ColumnType(1700, array: 1231, "numeric", .numeric, bytewise: false)
    /// `text`.
    public static let text = ColumnType(25, array: 1009, "text", .text)
    /// `character varying` without a length.
    public static let varchar = ColumnType(1043, array: 1015, "character varying", .text)
    /// `character`, padded with spaces.
    public static let bpchar = ColumnType(1042, array: 1014, "character", .text, bytewise: false)
    /// `name`.
    public static let name = ColumnType(19, array: 1003, "name", .text)
    /// `uuid`.
    public static let uuid = ColumnType(2950, array: 2951, "uuid", .uuid)
    /// `date`.
    public static let date = ColumnType(1082, array: 1182, "date", .date)
    /// `time without time zone`.
    public static let time = ColumnType(1083, array: 1183, "time without time zone", .time)
    /// `time with time zone`.
    public static let timetz = ColumnType(1266, array: 1270, "time with time zone", .timetz, bytewise: false)
    /// `timestamp without time zone`.
    public static let timestamp = ColumnType(1114, array: 1115, "timestamp without time zone", .timestamp)
    /// `timestamp with time zone`.
    public static let timestamptz = ColumnType(1184, array: 1185, "timestamp with time zone", .timestamptz)
    /// `interval`.
    public static let interval = ColumnType(1186, array: 1187, "interval", .interval, bytewise: false)
    /// `json`.
    public static let json = ColumnType(114, array: 199, "json", .json, bytewise: false)
    /// `jsonb`.
    public static let jsonb = ColumnType(3802, array: 3807, "jsonb", .jsonb, bytewise: false)
    /// `point`.
    public static let point = ColumnType(600, array: 1017, "point", .point, bytewise: false)
    /// `tsvector`.
    public static let tsvector = ColumnType(3614, array: 3643, "tsvector", .ordered)

    /// The built-in types.
    public static let builtIn: [ColumnType] = [
        bool, bytea, int2, int4, int8, float4, float8, numeric, text, varchar, bpchar, name, uuid, date, time, timetz,
        timestamp, timestamptz, interval, json, jsonb, point, tsvector,
        ColumnType(18, array: 1002, "\"char\"", .ordered), ColumnType(26, array: 1028, "oid", .ordered),
        ColumnType(142, array: 143, "xml", .none), ColumnType(869, array: 1041, "inet", .network),
        ColumnType(650, array: 651, "cidr", .network), ColumnType(829, array: 1040, "macaddr", .ordered),
        ColumnType(774, array: 775, "macaddr8", .ordered), ColumnType(790, array: 791, "money", .ordered),
        ColumnType(1560, array: 1561, "bit", .ordered), ColumnType(1562, array: 1563, "bit varying", .ordered),
        ColumnType(3615, array: 3645, "tsquery", .ordered), ColumnType(601, array: 1018, "lseg", .equal),
        ColumnType(602, array: 1019, "path", .equal), ColumnType(603, array: 1020, "box", .area),
        ColumnType(604, array: 1027, "polygon", .area), ColumnType(628, array: 629, "line", .equal),
        ColumnType(718, array: 719, "circle", .area), ColumnType(3904, array: 3905, "int4range", .range),
        ColumnType(3926, array: 3927, "int8range", .range), ColumnType(3906, array: 3907, "numrange", .range),
        ColumnType(3908, array: 3909, "tsrange", .range), ColumnType(3910, array: 3911, "tstzrange", .range),
        ColumnType(3912, array: 3913, "daterange", .range),
    ]

    private static let byOID = Dictionary(builtIn.map { ($0.oid, $0) }, uniquingKeysWith: { first, _ in first })
    private static let byArrayOID = Dictionary(
        builtIn.map { ($0.arrayOID, $0) }, uniquingKeysWith: { first, _ in first })

    /// The built-in type (or array of one) with an OID, nil for a type that a database defines itself.
    ///
    /// ```swift
    /// ColumnType.builtIn(oid: 1007)?.name  // "integer[]"
    /// ```
    public static func builtIn(oid: UInt32) -> ColumnType? {
        byOID[oid] ?? byArrayOID[oid].map(\.array)
    }

    /// The array type over this one. One without an OID of its own (`arrayOID` 0) has OID 0.
    public var array: ColumnType {
        ColumnType(
            oid: arrayOID, name: nameWithoutModifier + "[]", category: .array(of: self), arrayOID: 0, precision: nil,
            scale: nil, length: nil, equalityIsBytewise: equalityIsBytewise)
    }

    /// The type of an array's elements, nil for anything else.
    public var element: ColumnType? {
        if case .array(let element) = category { element } else { nil }
    }

    /// The name as a cast needs it: a length or scale in a cast would cut values.
    public var nameWithoutModifier: String {
        precision == nil && length == nil ? name : Self.builtIn(oid: oid)?.name ?? name
    }

    /// Whether values are text: the text family and enumerations.
    package var isTextual: Bool {
        switch category {
        case .text, .enumeration: true
        default: false
        }
    }

    /// Whether values are sent as text, on their own or in lists.
    package var isText: Bool { (element ?? self).category == .text }

    /// Whether values are labels of an enumeration.
    var isEnumeration: Bool { if case .enumeration = category { true } else { false } }

    /// Whether values are numbers.
    package var isNumeric: Bool { abilities.isNumeric }

    /// Whether values are whole numbers.
    package var isInteger: Bool { category == .int2 || category == .int4 || category == .int8 }

    /// Whether values are binary floating point numbers.
    package var isFloating: Bool { category == .float4 || category == .float8 }

    /// Whether values are JSON documents.
    package var isJSON: Bool { category == .json || category == .jsonb }
}

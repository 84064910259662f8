// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

/// The object identifier (OID) of a PostgreSQL type, as in `pg_type.oid`.
///
/// ```swift
/// let id: TypeID = .int8
/// ```
public struct TypeID: RawRepresentable, Hashable, Sendable {
    /// The OID.
    public let rawValue: UInt32

    /// Wraps an OID.
    @inlinable
    public init(rawValue: UInt32) { self.rawValue = rawValue }
}

extension TypeID {
    /// Left to the server, which infers it from the statement.
    @inlinable public static var unspecified: TypeID { TypeID(rawValue: 0) }
    /// `bool`.
    @inlinable public static var bool: TypeID { TypeID(rawValue: 16) }
    /// `bytea`.
    @inlinable public static var bytea: TypeID { TypeID(rawValue: 17) }
    /// `char`.
    @inlinable public static var char: TypeID { TypeID(rawValue: 18) }
    /// `name`.
    @inlinable public static var name: TypeID { TypeID(rawValue: 19) }
    /// `int8`.
    @inlinable public static var int8: TypeID { TypeID(rawValue: 20) }
    /// `int2`.
    @inlinable public static var int2: TypeID { TypeID(rawValue: 21) }
    /// `int4`.
    @inlinable public static var int4: TypeID { TypeID(rawValue: 23) }
    /// `text`.
    @inlinable public static var text: TypeID { TypeID(rawValue: 25) }
    /// `oid`.
    @inlinable public static var oid: TypeID { TypeID(rawValue: 26) }
    /// `json`.
    @inlinable public static var json: TypeID { TypeID(rawValue: 114) }
    /// `point`.
    @inlinable public static var point: TypeID { TypeID(rawValue: 600) }
    /// `float4`.
    @inlinable public static var float4: TypeID { TypeID(rawValue: 700) }
    /// `float8`.
    @inlinable public static var float8: TypeID { TypeID(rawValue: 701) }
    /// `bpchar`.
    @inlinable public static var bpchar: TypeID { TypeID(rawValue: 1042) }
    /// `varchar`.
    @inlinable public static var varchar: TypeID { TypeID(rawValue: 1043) }
    /// `date`.
    @inlinable public static var date: TypeID { TypeID(rawValue: 1082) }
    /// `time`.
    @inlinable public static var time: TypeID { TypeID(rawValue: 1083) }
    /// `timestamp`.
    @inlinable public static var timestamp: TypeID { TypeID(rawValue: 1114) }
    /// `timestamptz`.
    @inlinable public static var timestamptz: TypeID { TypeID(rawValue: 1184) }
    /// `interval`.
    @inlinable public static var interval: TypeID { TypeID(rawValue: 1186) }
    /// `timetz`.
    @inlinable public static var timetz: TypeID { TypeID(rawValue: 1266) }
    /// `numeric`.
    @inlinable public static var numeric: TypeID { TypeID(rawValue: 1700) }
    /// `uuid`.
    @inlinable public static var uuid: TypeID { TypeID(rawValue: 2950) }
    /// `jsonb`.
    @inlinable public static var jsonb: TypeID { TypeID(rawValue: 3802) }
}

extension TypeID {
    /// `bool[]`.
    @inlinable public static var boolArray: TypeID { TypeID(rawValue: 1000) }
    /// `bytea[]`.
    @inlinable public static var byteaArray: TypeID { TypeID(rawValue: 1001) }
    /// `char[]`.
    @inlinable public static var charArray: TypeID { TypeID(rawValue: 1002) }
    /// `name[]`.
    @inlinable public static var nameArray: TypeID { TypeID(rawValue: 1003) }
    /// `int8[]`.
    @inlinable public static var int8Array: TypeID { TypeID(rawValue: 1016) }
    /// `int2[]`.
    @inlinable public static var int2Array: TypeID { TypeID(rawValue: 1005) }
    /// `int4[]`.
    @inlinable public static var int4Array: TypeID { TypeID(rawValue: 1007) }
    /// `text[]`.
    @inlinable public static var textArray: TypeID { TypeID(rawValue: 1009) }
    /// `oid[]`.
    @inlinable public static var oidArray: TypeID { TypeID(rawValue: 1028) }
    /// `json[]`.
    @inlinable public static var jsonArray: TypeID { TypeID(rawValue: 199) }
    /// `point[]`.
    @inlinable public static var pointArray: TypeID { TypeID(rawValue: 1017) }
    /// `float4[]`.
    @inlinable public static var float4Array: TypeID { TypeID(rawValue: 1021) }
    /// `float8[]`.
    @inlinable public static var float8Array: TypeID { TypeID(rawValue: 1022) }
    /// `bpchar[]`.
    @inlinable public static var bpcharArray: TypeID { TypeID(rawValue: 1014) }
    /// `varchar[]`.
    @inlinable public static var varcharArray: TypeID { TypeID(rawValue: 1015) }
    /// `date[]`.
    @inlinable public static var dateArray: TypeID { TypeID(rawValue: 1182) }
    /// `time[]`.
    @inlinable public static var timeArray: TypeID { TypeID(rawValue: 1183) }
    /// `timestamp[]`.
    @inlinable public static var timestampArray: TypeID { TypeID(rawValue: 1115) }
    /// `timestamptz[]`.
    @inlinable public static var timestamptzArray: TypeID { TypeID(rawValue: 1185) }
    /// `interval[]`.
    @inlinable public static var intervalArray: TypeID { TypeID(rawValue: 1187) }
    /// `timetz[]`.
    @inlinable public static var timetzArray: TypeID { TypeID(rawValue: 1270) }
    /// `numeric[]`.
    @inlinable public static var numericArray: TypeID { TypeID(rawValue: 1231) }
    /// `uuid[]`.
    @inlinable public static var uuidArray: TypeID { TypeID(rawValue: 2951) }
    /// `jsonb[]`.
    @inlinable public static var jsonbArray: TypeID { TypeID(rawValue: 3807) }
}

extension TypeID: CustomStringConvertible {
    /// The type's name as PostgreSQL's `format_type` prints it, or `type 16385` for one that only the database knows.
    public var description: String {
        if let name = Self.names[rawValue] { return name }
        if let element = elementType { return "\(element)[]" }
        return "type \(rawValue)"
    }

    /// The element type of an array type that PostgreSQL comes with.
    package var elementType: TypeID? { Self.elements[rawValue].map(TypeID.init(rawValue:)) }

    /// Whether PostgreSQL itself assigned the OID (`FirstNormalObjectId`, access/transam.h), and not a database.
    var isBuiltIn: Bool { rawValue != 0 && rawValue < 16384 }

    private static let names: [UInt32: String] = [
        16: "boolean", 17: "bytea", 18: "\"char\"", 19: "name", 20: "bigint", 21: "smallint", 23: "integer",
        25: "text", 26: "oid", 114: "json", 600: "point", 700: "real", 701: "double precision", 1042: "character",
        1043: "character varying", 1082: "date", 1083: "time", 1114: "timestamp", 1184: "timestamp with time zone",
        1186: "interval", 1266: "time with time zone", 1700: "numeric", 2950: "uuid", 3802: "jsonb", 142: "xml",
        705: "unknown", 2275: "cstring", 2278: "void", 2249: "record", 869: "inet", 650: "cidr", 829: "macaddr",
        790: "money", 1560: "bit", 1562: "bit varying", 3904: "int4range", 3906: "numrange", 3908: "tsrange",
        3910: "tstzrange", 3912: "daterange", 3926: "int8range", 3614: "tsvector", 3615: "tsquery", 2205: "regclass",
        28: "xid", 29: "cid",
    ]

    private static let elements: [UInt32: UInt32] = [
        1000: 16, 1001: 17, 1002: 18, 1003: 19, 1016: 20, 1005: 21, 1007: 23, 1009: 25, 1028: 26, 199: 114,
        1017: 600, 1021: 700, 1022: 701, 1014: 1042, 1015: 1043, 1182: 1082, 1183: 1083, 1115: 1114, 1185: 1184,
        1187: 1186, 1270: 1266, 1231: 1700, 2951: 2950, 3807: 3802,
    ]
}

// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

/// A type that is read from a cell of a result.
///
/// ```swift
/// let names = try rows.map { row in try row.decode(String?.self, at: 1) }
///
/// enum Mood: String, PostgresCodable { case happy, sad }  // an enumeration of the database
/// ```
///
/// Both wire formats are read: results are asked for in binary, and columns of types without a binary form come as text.
/// An implementation never traps, whatever the bytes: it throws a ``CellError``, which the row set completes to a
/// ``PostgresError`` with the column's name, the row and both types.
public protocol PostgresDecodable {
    /// Reads a cell.
    ///
    /// - Throws: ``CellError``.
    init(cell: Cell) throws(CellError)

    /// Implementation detail of arrays: how many dimensions a value adds. Leave the default.
    static var _arrayDepth: Int { get }
    /// Implementation detail of arrays: reads the next element or sub-array. Leave the default.
    init(_next reader: inout ArrayReader) throws(CellError)
    /// Implementation detail of arrays: reads an array of this type. Leave the default.
    static func _decodeArray(_ cell: Cell) throws(CellError) -> [Self]
}

extension PostgresDecodable {
    /// Implementation detail of arrays.
    @inlinable public static var _arrayDepth: Int { 0 }

    /// Implementation detail of arrays.
    @inlinable
    public init(_next reader: inout ArrayReader) throws(CellError) {
        let element = try reader.next()
        do { self = try Self(cell: element) } catch { throw reader.failure(error) }
    }

    /// Implementation detail of arrays.
    @inlinable
    public static func _decodeArray(_ cell: Cell) throws(CellError) -> [Self] {
        var reader = try ArrayReader(cell)
        let elements = try reader.elements(of: Self.self)
        try reader.finish()
        return elements
    }
}

/// A type that is bound to a statement's parameter.
///
/// ```swift
/// var parameters = Parameters()
/// try parameters.append(42)
/// try parameters.append(["a", "b"])  // one parameter, text[]
/// ```
public protocol PostgresEncodable: Sendable {
    /// The type the parameter is declared with; ``TypeID/unspecified`` leaves it to the server.
    static var postgresType: TypeID { get }
    /// The type a parameter that is an array of such values is declared with.
    static var postgresArrayType: TypeID { get }
    /// Whether this is SQL NULL; false unless the type says otherwise.
    var isPostgresNull: Bool { get }
    /// Appends exactly the value's bytes in PostgreSQL's binary format.
    ///
    /// - Throws: ``PostgresError`` with ``PostgresError/Code/invalidParameter`` for a value the type can't take.
    func encode(into bytes: inout [UInt8]) throws

    /// Implementation detail of arrays: how many dimensions a value adds. Leave the default.
    static var _parameterDepth: Int { get }
    /// Implementation detail of arrays: the type written into the array's header. Leave the default.
    static var _elementType: TypeID { get }
    /// Implementation detail of arrays: whether the value has this shape. Leave the default.
    func _hasShape(_ shape: ArraySlice<Int>) -> Bool
    /// Implementation detail of arrays: the counts of the first sub-arrays. Leave the default.
    func _appendShape(to shape: inout [Int])
    /// Implementation detail of arrays: appends the elements, each with its length. Leave the default.
    func _appendElements(to bytes: inout [UInt8]) throws
    /// Implementation detail of arrays: appends an array of this type. Leave the default.
    static func _encodeArray(_ values: [Self], into bytes: inout [UInt8]) throws
}

extension PostgresEncodable {
    /// Whether it is NULL.
    @inlinable public var isPostgresNull: Bool { false }
    /// Implementation detail of arrays.
    @inlinable public static var _parameterDepth: Int { 0 }
    /// Implementation detail of arrays.
    @inlinable public static var _elementType: TypeID { postgresType }
    /// Implementation detail of arrays.
    @inlinable
    public func _hasShape(_ shape: ArraySlice<Int>) -> Bool { shape.isEmpty }
    /// Implementation detail of arrays.
    @inlinable
    public func _appendShape(to shape: inout [Int]) {}

    /// Implementation detail of arrays.
    @inlinable
    public func _appendElements(to bytes: inout [UInt8]) throws {
        if isPostgresNull {
            bytes.append(bigEndian: Int32(-1))
            return
        }
        let start = bytes.count
        bytes.append(bigEndian: Int32(0))
        try encode(into: &bytes)
        let length = bytes.count - start - 4
        guard let length = Int32(exactly: length) else { throw PostgresError.tooLarge(length) }
        bytes.setLength(length, at: start)
    }

    /// Implementation detail of arrays.
    @inlinable
    public static func _encodeArray(_ values: [Self], into bytes: inout [UInt8]) throws {
        try ArrayWriter.write(values, into: &bytes)
    }
}

/// A type that is read from results and bound to parameters.
public typealias PostgresCodable = PostgresDecodable & PostgresEncodable

extension Optional: PostgresDecodable where Wrapped: PostgresDecodable {
    /// Reads NULL as nil.
    @inlinable
    public init(cell: Cell) throws(CellError) {
        self = cell.bytes == nil ? .none : .some(try Wrapped(cell: cell))
    }

    /// Implementation detail of arrays.
    @inlinable public static var _arrayDepth: Int { Swift.max(0, Wrapped._arrayDepth) }

    /// Implementation detail of arrays.
    @inlinable
    public init(_next reader: inout ArrayReader) throws(CellError) {
        if Self._arrayDepth > 0 {
            self = .some(try Wrapped(_next: &reader))
            return
        }
        let element = try reader.next()
        do { self = try Self(cell: element) } catch { throw reader.failure(error) }
    }
}

extension Optional: PostgresEncodable where Wrapped: PostgresEncodable {
    /// As the value's.
    @inlinable public static var postgresType: TypeID { Wrapped.postgresType }
    /// The array over the element's type, whatever the dimensions.
    @inlinable public static var postgresArrayType: TypeID { Wrapped.postgresArrayType }
    /// Implementation detail of arrays.
    @inlinable public static var _parameterDepth: Int { Swift.max(0, Wrapped._parameterDepth) }
    /// Implementation detail of arrays.
    @inlinable public static var _elementType: TypeID { Wrapped._elementType }
    /// Whether it is NULL.
    @inlinable public var isPostgresNull: Bool { self?.isPostgresNull ?? true }

    /// Appends the value; nil has no bytes.
    @inlinable
    public func encode(into bytes: inout [UInt8]) throws { try self?.encode(into: &bytes) }

    /// Implementation detail of arrays.
    @inlinable
    public func _hasShape(_ shape: ArraySlice<Int>) -> Bool { self?._hasShape(shape) ?? shape.isEmpty }

    /// Implementation detail of arrays.
    @inlinable
    public func _appendShape(to shape: inout [Int]) { self?._appendShape(to: &shape) }

    /// Implementation detail of arrays.
    @inlinable
    public func _appendElements(to bytes: inout [UInt8]) throws {
        if let self { try self._appendElements(to: &bytes) } else { bytes.append(bigEndian: Int32(-1)) }
    }
}

extension PostgresDecodable where Self: RawRepresentable, RawValue: PostgresDecodable {
    /// Reads the raw value.
    @inlinable
    public init(cell: Cell) throws(CellError) {
        guard let value = Self(rawValue: try RawValue(cell: cell)) else {
            throw .outOfRange("it is none of the values of \(Self.self)")
        }
        self = value
    }
}

extension PostgresEncodable where Self: RawRepresentable, RawValue: PostgresEncodable {
    /// As the value's.
    @inlinable public static var postgresType: TypeID { RawValue.postgresType }
    /// The array over the element's type, whatever the dimensions.
    @inlinable public static var postgresArrayType: TypeID { RawValue.postgresArrayType }
    /// Whether it is NULL.
    @inlinable public var isPostgresNull: Bool { rawValue.isPostgresNull }

    /// Appends the raw value.
    @inlinable
    public func encode(into bytes: inout [UInt8]) throws { try rawValue.encode(into: &bytes) }
}

extension PostgresEncodable where Self: RawRepresentable, RawValue == String {
    /// Left to the server: a label then fits an enumeration as well as a text column.
    @inlinable public static var postgresType: TypeID { .unspecified }
    /// `text[]`; an array of an enumeration needs a cast in the statement, `$1::mood[]`, for its OID differs from
    /// database to database.
    @inlinable public static var postgresArrayType: TypeID { .textArray }
    /// Implementation detail of arrays.
    @inlinable public static var _elementType: TypeID { .text }
}

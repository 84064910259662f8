// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

/// An array of PostgreSQL with what a Swift array can't say: any number of dimensions and their lower bounds.
///
/// ```swift
/// let array = try rows.decode(PostgresArray<Int?>.self, row: 0, column: 0)
/// print(array.dimensions, array.elements)  // '[0:1][1:2]={{1,2},{3,NULL}}': 2 and 2 elements from 0 and 1
/// ```
///
/// `[Element]` reads and writes arrays of one dimension, `[[Element]]` of two and so on; lower bounds are then ignored when
/// reading and 1 when writing.
public struct PostgresArray<Element> {
    /// One dimension.
    public struct Dimension: Sendable, Hashable {
        /// How many elements (or sub-arrays) it has.
        public var count: Int
        /// The subscript of the first.
        public var lowerBound: Int32

        /// A dimension.
        public init(count: Int, lowerBound: Int32 = 1) {
            self.count = count
            self.lowerBound = lowerBound
        }
    }

    /// The dimensions, the outermost first; none for an empty array.
    public var dimensions: [Dimension]
    /// All elements, the last dimension varying fastest.
    public var elements: [Element]

    /// An array of one dimension.
    public init(_ elements: [Element], lowerBound: Int32 = 1) {
        self.elements = elements
        dimensions = elements.isEmpty ? [] : [Dimension(count: elements.count, lowerBound: lowerBound)]
    }

    /// An array of several dimensions.
    ///
    /// - Throws: ``PostgresError/Code/invalidParameter`` when there are more than six or their counts don't multiply to the
    ///   number of elements.
    public init(_ elements: [Element], dimensions: [Dimension]) throws {
        var product = dimensions.isEmpty ? 0 : 1
        for dimension in dimensions {
            let (next, overflow) = product.multipliedReportingOverflow(by: dimension.count)
            product = overflow || dimension.count < 1 ? -1 : next
        }
        guard dimensions.count <= 6, product == elements.count else {
            throw PostgresError(
                .invalidParameter,
                "An array's dimensions don't fit its \(elements.count) elements; at most six are possible.")
        }
        self.elements = elements
        self.dimensions = dimensions
    }
}

extension PostgresArray: Sendable where Element: Sendable {}
extension PostgresArray: Equatable where Element: Equatable {}
extension PostgresArray: Hashable where Element: Hashable {}

extension PostgresArray: PostgresDecodable where Element: PostgresDecodable {
    /// Reads an array of any dimensions.
    public init(cell: Cell) throws(CellError) {
        var reader = try ArrayReader(cell)
        dimensions = zip(reader.counts, reader.lowerBounds).map { Dimension(count: $0, lowerBound: $1) }
        elements = []
        elements.reserveCapacity(reader.elementCount)
        for _ in 0..<reader.elementCount { elements.append(try Element(_next: &reader)) }
        try reader.finish()
    }
}

extension PostgresArray: PostgresEncodable where Element: PostgresEncodable {
    /// As the value's.
    public static var postgresType: TypeID { Element.postgresArrayType }
    /// The array over the element's type, whatever the dimensions.
    public static var postgresArrayType: TypeID { Element.postgresArrayType }

    /// Appends the array.
    public func encode(into bytes: inout [UInt8]) throws {
        try ArrayWriter.appendHeader(
            dimensions.map { ($0.count, $0.lowerBound) }, elementType: Element._elementType,
            hasNull: elements.contains(where: \.isPostgresNull), into: &bytes)
        for element in elements { try element._appendElements(to: &bytes) }
    }
}

extension Array: PostgresDecodable where Element: PostgresDecodable {
    /// Implementation detail of arrays.
    @inlinable public static var _arrayDepth: Int { Element._arrayDepth + 1 }

    /// Reads an array of as many dimensions as the type is nested; `[UInt8]` reads bytea.
    @inlinable
    public init(cell: Cell) throws(CellError) { self = try Element._decodeArray(cell) }

    /// Implementation detail of arrays.
    @inlinable
    public init(_next reader: inout ArrayReader) throws(CellError) {
        if Self._arrayDepth == 0 {  // bytea
            let element = try reader.next()
            do { self = try Self(cell: element) } catch { throw reader.failure(error) }
        } else {
            self = try reader.nested(of: Element.self, depth: Self._arrayDepth)
        }
    }
}

extension Array: PostgresEncodable where Element: PostgresEncodable {
    /// As the value's.
    @inlinable public static var postgresType: TypeID { Element.postgresArrayType }
    // An array of bytea has a type of its own; more dimensions of any other array are the same type.
    /// The array over the element's type, whatever the dimensions.
    @inlinable public static var postgresArrayType: TypeID {
        _parameterDepth == 0 ? .byteaArray : Element.postgresArrayType
    }
    /// Implementation detail of arrays.
    @inlinable public static var _parameterDepth: Int { Element._parameterDepth + 1 }
    /// Implementation detail of arrays.
    @inlinable public static var _elementType: TypeID { _parameterDepth == 0 ? .bytea : Element._elementType }

    /// Appends the whole array as one value; `[UInt8]` is bytea.
    ///
    /// - Throws: ``PostgresError/Code/invalidParameter`` when nested arrays differ in length.
    @inlinable
    public func encode(into bytes: inout [UInt8]) throws { try Element._encodeArray(self, into: &bytes) }

    /// Implementation detail of arrays.
    @inlinable
    public func _hasShape(_ shape: ArraySlice<Int>) -> Bool {
        if Self._parameterDepth == 0 { return shape.isEmpty }
        guard count == shape.first else { return false }
        return Element._parameterDepth <= 0 || allSatisfy { $0._hasShape(shape.dropFirst()) }
    }

    /// Implementation detail of arrays.
    @inlinable
    public func _appendShape(to shape: inout [Int]) {
        if Self._parameterDepth == 0 { return }
        shape.append(count)
        if Element._parameterDepth > 0 { first?._appendShape(to: &shape) }
    }

    /// Implementation detail of arrays.
    @inlinable
    public func _appendElements(to bytes: inout [UInt8]) throws {
        if Self._parameterDepth == 0 {
            bytes.append(bigEndian: Int32(truncatingIfNeeded: count))
            try encode(into: &bytes)
        } else {
            for element in self { try element._appendElements(to: &bytes) }
        }
    }
}

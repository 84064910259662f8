// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

/// A point of the plane: PostgreSQL's `point`.
///
/// ```swift
/// try parameters.append(PostgresPoint(x: 13.4, y: 52.5))
/// ```
public struct PostgresPoint: Sendable, Hashable {
    /// The first coordinate.
    public var x: Double
    /// The second coordinate.
    public var y: Double

    /// A point.
    public init(x: Double, y: Double) {
        self.x = x
        self.y = y
    }
}

extension PostgresPoint: PostgresCodable {
    /// `point`.
    public static var postgresType: TypeID { .point }
    /// `point[]`.
    public static var postgresArrayType: TypeID { .pointArray }

    /// Reads a point.
    public init(cell: Cell) throws(CellError) {
        try cell.require(cell.type == .point)
        if cell.format == .binary {
            let bytes = try cell.value(count: 16)
            self.init(
                x: Double(bitPattern: bytes.bigEndian(UInt64.self)),
                y: Double(bitPattern: bytes.bigEndian(UInt64.self, at: 8)))
            return
        }
        let bytes = try cell.value()
        guard bytes.first == UInt8(ascii: "("), bytes.last == UInt8(ascii: ")"), bytes.count >= 5,
            let text = String(validating: bytes[1..<bytes.count - 1], as: UTF8.self)
        else { throw .malformed("it is not a point") }
        let parts = text.split(separator: ",", omittingEmptySubsequences: false)
        guard parts.count == 2, let x = Double(parts[0]), let y = Double(parts[1]) else {
            throw .malformed("it is not a point")
        }
        self.init(x: x, y: y)
    }

    /// Appends both coordinates.
    public func encode(into bytes: inout [UInt8]) {
        bytes.append(bigEndian: x.bitPattern)
        bytes.append(bigEndian: y.bitPattern)
    }
}

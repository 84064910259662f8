// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

/// Implementation detail of decoding arrays: steps through the elements of a cell.
///
/// Every count is checked against the bytes that are there before anything is reserved, so that no header can ask for more
/// memory than a small multiple of the cell's size.
public struct ArrayReader {
    /// The elements of each dimension, the outermost first.
    @usableFromInline private(set) var counts: [Int] = []
    private(set) var lowerBounds: [Int32] = []
    package private(set) var elementCount = 0

    private let bytes: UnsafeRawBufferPointer
    private var position = 0
    private var elementType: TypeID
    private let text: ArrayText?
    private var index = 0

    @usableFromInline
    package init(_ cell: Cell) throws(CellError) {
        bytes = try cell.value()
        elementType = cell.type.elementType ?? .unspecified
        // Arrays of a database's own types have no fixed numbers; their header tells.
        guard cell.type.elementType != nil || !cell.type.isBuiltIn else { throw .typeMismatch }
        if cell.format == .text {
            let parsed = try ArrayText(bytes)
            text = parsed
            (counts, lowerBounds) = (parsed.counts, parsed.lowerBounds)
            elementCount = parsed.elements.count
            return
        }
        text = nil
        let dimensions = Int(try readInt32())
        guard (0...6).contains(dimensions) else { throw .malformed("it has \(dimensions) dimensions") }
        let flags = try readInt32()
        guard flags == 0 || flags == 1 else { throw .malformed("its header has unknown flags") }
        elementType = TypeID(rawValue: UInt32(bitPattern: try readInt32()))
        for _ in 0..<dimensions {
            let count = Int(try readInt32())
            lowerBounds.append(try readInt32())
            // An element takes at least the four bytes of its length.
            let (total, overflow) = (counts.isEmpty ? 1 : elementCount).multipliedReportingOverflow(by: count)
            guard count > 0, !overflow, total <= bytes.count / 4 else { throw .malformed("its header is inconsistent") }
            counts.append(count)
            elementCount = total
        }
    }

    private mutating func readInt32() throws(CellError) -> Int32 {
        guard bytes.count - position >= 4 else { throw .malformed("it ends too early") }
        defer { position += 4 }
        return bytes.bigEndian(Int32.self, at: position)
    }

    /// The next element.
    @usableFromInline
    package mutating func next() throws(CellError) -> Cell {
        guard index < elementCount else { throw .malformed("it has too few elements") }
        index += 1
        if let text {
            return Cell(bytes: text.element(index - 1), type: elementType, format: .text)
        }
        let length = Int(try readInt32())
        if length == -1 { return Cell(bytes: nil, type: elementType, format: .binary) }
        guard length >= 0, length <= bytes.count - position else { throw .malformed("it ends too early") }
        defer { position += length }
        return Cell(
            bytes: UnsafeRawBufferPointer(rebasing: bytes[position..<position + length]), type: elementType,
            format: .binary)
    }

    /// The error of the element read last.
    @usableFromInline
    func failure(_ error: CellError) -> CellError {
        switch error {
        case .null: .malformed("element \(index) is NULL; decode an array of Optionals")
        case .typeMismatch: .malformed("its elements are of \(elementType)")
        case .outOfRange(let text): .outOfRange("element \(index): \(text)")
        case .malformed(let text): .malformed("element \(index): \(text)")
        }
    }

    /// All elements as nested arrays of the element's depth.
    @usableFromInline
    mutating func elements<Element: PostgresDecodable>(of _: Element.Type) throws(CellError) -> [Element] {
        if counts.isEmpty { return [] }
        return try nested(of: Element.self, depth: counts.count, expected: max(0, Element._arrayDepth) + 1)
    }

    /// The elements of one sub-array; `depth` counts the dimensions from it inwards.
    @usableFromInline
    mutating func nested<Element: PostgresDecodable>(
        of _: Element.Type, depth: Int, expected: Int? = nil
    ) throws(CellError) -> [Element] {
        guard depth == expected ?? depth, depth >= 1, depth <= counts.count else {
            throw .malformed("it has \(counts.count) dimensions; decode PostgresArray, or nest arrays as deeply")
        }
        let count = counts[counts.count - depth]
        var elements: [Element] = []
        elements.reserveCapacity(count)
        for _ in 0..<count { elements.append(try Element(_next: &self)) }
        return elements
    }

    /// Refuses bytes after the last element.
    @usableFromInline
    func finish() throws(CellError) {
        guard index == elementCount, text != nil || position == bytes.count else {
            throw .malformed("it has bytes after its last element")
        }
    }
}

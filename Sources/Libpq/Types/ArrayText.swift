// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

/// An array in PostgreSQL's text form, `[0:1]={"a\"b",NULL}` (PostgreSQL documentation, "Array Input and Output Syntax").
final class ArrayText {
    private(set) var counts: [Int] = []
    private(set) var lowerBounds: [Int32] = []
    /// Where the elements lie in ``contents``; nil for NULL.
    private(set) var elements: [Range<Int>?] = []
    /// The elements without their quotes and escapes. In memory of its own, so that elements can be handed out as pointers
    /// for as long as this object lives; never longer than the text.
    private let contents: UnsafeMutableRawBufferPointer
    private var used = 0

    init(_ bytes: UnsafeRawBufferPointer) throws(CellError) {
        contents = .allocate(byteCount: max(1, bytes.count), alignment: 1)
        var scanner = TextScanner(bytes)
        var bounds: [(lower: Int32, count: Int)] = []
        while scanner.skip("[") {
            bounds.append(try Self.bound(&scanner))
            guard bounds.count <= 6 else { throw Self.malformed }
        }
        if !bounds.isEmpty, !scanner.skip("=") { throw Self.malformed }
        try parse(&scanner)
        guard scanner.isAtEnd, bounds.isEmpty || bounds.map(\.count) == counts else { throw Self.malformed }
        lowerBounds = bounds.isEmpty ? counts.map { _ in 1 } : bounds.map(\.lower)
    }

    deinit { contents.deallocate() }

    private static var malformed: CellError { .malformed("it is not an array's text") }

    func element(_ index: Int) -> UnsafeRawBufferPointer? {
        elements[index].map { UnsafeRawBufferPointer(rebasing: contents[$0]) }
    }

    private static func bound(_ scanner: inout TextScanner) throws(CellError) -> (lower: Int32, count: Int) {
        func number() -> Int64? {
            let sign = scanner.sign()
            return scanner.digits(maximum: 10).map { $0 * sign }
        }
        guard let lower = number(), scanner.skip(":"), let upper = number(), scanner.skip("]"),
            let lower32 = Int32(exactly: lower), let count = Int(exactly: upper - lower + 1), count > 0
        else { throw malformed }
        return (lower32, count)
    }

    /// Iterative, for the depth is the sender's.
    private func parse(_ scanner: inout TextScanner) throws(CellError) {
        var open: [Int] = []  // how many children each open brace has had
        var leafDepth = 0
        var shape: [Int?] = []
        var expectsValue = true
        repeat {
            if expectsValue, scanner.skip("{") {
                guard open.count < 6, leafDepth == 0 || open.count < leafDepth else { throw Self.malformed }
                if !open.isEmpty { open[open.count - 1] += 1 }
                open.append(0)
                if shape.count < open.count { shape.append(nil) }
                if scanner.skip("}") {  // only the empty array is empty
                    guard open.count == 1, scanner.isAtEnd else { throw Self.malformed }
                    return
                }
                continue
            }
            guard !open.isEmpty else { throw Self.malformed }
            if expectsValue {
                guard leafDepth == 0 || leafDepth == open.count else { throw Self.malformed }
                leafDepth = open.count
                open[open.count - 1] += 1
                try element(&scanner)
                expectsValue = false
            } else if scanner.skip(",") {
                expectsValue = true
            } else if scanner.skip("}") {
                let count = open.removeLast()
                let level = open.count
                guard shape[level] == nil || shape[level] == count else { throw Self.malformed }
                shape[level] = count
            } else {
                throw Self.malformed
            }
        } while !open.isEmpty
        counts = shape.compactMap { $0 }
        guard counts.count == leafDepth else { throw Self.malformed }
    }

    private func element(_ scanner: inout TextScanner) throws(CellError) {
        let start = used
        let isQuoted = scanner.skip("\"")
        var hasEscapes = false
        while let byte = scanner.peek {
            if isQuoted ? byte == UInt8(ascii: "\"") : byte == UInt8(ascii: ",") || byte == UInt8(ascii: "}") { break }
            if !isQuoted, byte == UInt8(ascii: "{") || byte == UInt8(ascii: "\"") { throw Self.malformed }
            scanner.position += 1
            var taken = byte
            if byte == UInt8(ascii: "\\") {
                guard let escaped = scanner.peek else { throw Self.malformed }
                hasEscapes = true
                taken = escaped
                scanner.position += 1
            }
            contents[used] = taken
            used += 1
        }
        if isQuoted {
            guard scanner.skip("\"") else { throw Self.malformed }
        } else {
            guard used > start else { throw Self.malformed }
            var word = TextScanner(UnsafeRawBufferPointer(rebasing: contents[start..<used]))
            if !hasEscapes, word.skipLetters("null"), word.isAtEnd {
                elements.append(nil)
                return
            }
        }
        elements.append(start..<used)
    }
}

// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Digests

/// The name of a prepared statement: 192 bits of the SHA-256 of its text and its parameters' types.
///
/// So a name can only mean this one statement, whoever prepared it: a session that isn't the one where it was prepared, as behind a
/// pooler, either doesn't know it or runs the same.
struct StatementName: Hashable, Sendable {
    private let words: (UInt64, UInt64, UInt64)

    init(_ key: StatementKey) {
        // No text contains a zero byte, so that nothing else has the same bytes.
        var message = Array(key.text.utf8)
        message.append(0)
        for type in key.types { message.append(bigEndian: type.rawValue) }
        let digest = SHA256.words(of: message)
        func pair(_ index: Int) -> UInt64 { UInt64(digest[index]) << 32 | UInt64(digest[index + 1]) }
        words = (pair(0), pair(2), pair(4))
    }

    static func == (one: StatementName, other: StatementName) -> Bool { one.words == other.words }

    func hash(into hasher: inout Hasher) { hasher.combine(words.0) }

    /// The name as a C string, made on the stack: it is needed for each request.
    func withCString(_ body: (UnsafePointer<CChar>) -> Bool) -> Bool {
        withUnsafeTemporaryAllocation(byteCount: 8 + 3 * 16 + 1, alignment: 8) { buffer in
            func store(_ text: UInt64, at index: Int) {
                buffer.storeBytes(of: text.bigEndian, toByteOffset: 8 * index, as: UInt64.self)
            }
            store(0x6b69_6e73_6869_705f, at: 0)  // kinship_
            store(Self.hexadecimal(words.0 >> 32), at: 1)
            store(Self.hexadecimal(words.0 & 0xFFFF_FFFF), at: 2)
            store(Self.hexadecimal(words.1 >> 32), at: 3)
            store(Self.hexadecimal(words.1 & 0xFFFF_FFFF), at: 4)
            store(Self.hexadecimal(words.2 >> 32), at: 5)
            store(Self.hexadecimal(words.2 & 0xFFFF_FFFF), at: 6)
            buffer[8 + 3 * 16] = 0
            guard let start = buffer.baseAddress else { return false }
            return body(UnsafeRawPointer(start).assumingMemoryBound(to: CChar.self))
        }
    }

    /// The eight hexadecimal digits of 32 bits, the first one in the highest byte.
    private static func hexadecimal(_ bits: UInt64) -> UInt64 {
        // Each step spreads what lies together, until each half byte has a byte of its own.
        var digits = (bits | bits << 16) & 0x0000_FFFF_0000_FFFF
        digits = (digits | digits << 8) & 0x00FF_00FF_00FF_00FF
        digits = (digits | digits << 4) & 0x0F0F_0F0F_0F0F_0F0F
        let letters = (digits &+ 0x0606_0606_0606_0606) >> 4 & 0x0101_0101_0101_0101
        return digits &+ 0x3030_3030_3030_3030 &+ letters &* 39
    }
}

extension StatementName: CustomStringConvertible {
    var description: String {
        var text = ""
        _ = withCString { pointer in
            text = String(cString: pointer)
            return true
        }
        return text
    }
}

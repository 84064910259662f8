// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

extension ByteBuffer {
    /// Appends a JSON string: quoted, with `"`, `\` and control characters escaped.
    @inline(__always)
    mutating func append(quoting bytes: UnsafeRawBufferPointer) {
        // Room for the usual case, nothing to escape, in one go.
        let start = count
        let clean = bytes.count
        var isClean = true
        write(atMost: clean + 2) { target in
            target[0] = UInt8(ascii: "\"")
            var position = 0
            let source = bytes.baseAddress
            // Eight bytes at a time: a byte needs escaping when it is below 0x20, 0x22 or 0x5C.
            while position + 8 <= clean, let source {
                let word = source.loadUnaligned(fromByteOffset: position, as: UInt64.self)
                if Self.needsEscaping(word) {
                    isClean = false
                    return 0
                }
                UnsafeMutableRawPointer(target + 1 + position).storeBytes(of: word, as: UInt64.self)
                position += 8
            }
            while position < clean {
                let byte = bytes[position]
                if byte < 0x20 || byte == 0x22 || byte == 0x5C {
                    isClean = false
                    return 0
                }
                target[1 + position] = byte
                position += 1
            }
            target[1 + clean] = UInt8(ascii: "\"")
            return clean + 2
        }
        if !isClean {
            truncate(to: start)
            append(escaping: bytes)
        }
    }

    @inline(__always)
    private static func needsEscaping(_ word: UInt64) -> Bool {
        let ones: UInt64 = 0x0101_0101_0101_0101
        let highs: UInt64 = 0x8080_8080_8080_8080
        let control = (word &- ones &* 0x20) & ~word
        let quotes = word ^ (ones &* 0x22)
        let slashes = word ^ (ones &* 0x5C)
        let quote = (quotes &- ones) & ~quotes
        let slash = (slashes &- ones) & ~slashes
        return (control | quote | slash) & highs != 0
    }

    private mutating func append(escaping bytes: UnsafeRawBufferPointer) {
        append(UInt8(ascii: "\""))
        for byte in bytes {
            switch byte {
            case 0x22: append("\\\"")
            case 0x5C: append("\\\\")
            case 0x08: append("\\b")
            case 0x09: append("\\t")
            case 0x0A: append("\\n")
            case 0x0C: append("\\f")
            case 0x0D: append("\\r")
            case 0..<0x20:
                append("\\u00")
                append(Self.hexDigit(byte >> 4))
                append(Self.hexDigit(byte & 15))
            default: append(byte)
            }
        }
        append(UInt8(ascii: "\""))
    }

    /// Appends a JSON string.
    mutating func append(quoting text: String) {
        var text = text
        text.withUTF8 { append(quoting: UnsafeRawBufferPointer($0)) }
    }

    @inline(__always)
    static func hexDigit(_ value: UInt8) -> UInt8 {
        value < 10 ? UInt8(ascii: "0") &+ value : UInt8(ascii: "a") &+ value &- 10
    }
}

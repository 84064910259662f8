// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import RelationPlanner

/// Where a value lies in the bytes of its record, and what can be said of it without reading it.
struct Token {
    enum Kind: UInt8 {
        /// There is none.
        case absent
        case null
        case yes
        case no
        /// A number of JSON.
        case number
        /// A text as it is.
        case text
        /// A string of JSON in which something is escaped, with its quotes.
        case escaped
        /// A cell of CSV in which quotes are doubled.
        case doubled
        /// An object or an array.
        case container
    }

    var kind = Kind.absent
    var start = 0
    var end = 0

    /// The bytes.
    func bytes(in record: UnsafeRawBufferPointer) -> UnsafeRawBufferPointer {
        UnsafeRawBufferPointer(rebasing: record[start..<end])
    }

    /// The text.
    func text(in record: UnsafeRawBufferPointer) -> String {
        let bytes = bytes(in: record)
        switch kind {
        case .escaped: return (try? JSONValue(parsing: Array(bytes)))?.text ?? ""
        case .doubled:
            var text: [UInt8] = []
            text.reserveCapacity(bytes.count)
            var isSecond = false
            for byte in bytes {
                if byte == UInt8(ascii: "\""), !isSecond {
                    isSecond = true
                    continue
                }
                isSecond = false
                text.append(byte)
            }
            return String(decoding: text, as: UTF8.self)
        default: return String(decoding: bytes, as: UTF8.self)
        }
    }

    /// The value; nil where there is none.
    func json(in record: UnsafeRawBufferPointer) -> JSONValue? {
        switch kind {
        case .absent: .none
        case .null: .some(.null)
        case .yes: .some(.bool(true))
        case .no: .some(.bool(false))
        case .number: .some(.number(text(in: record)))
        case .text, .escaped, .doubled: .some(.string(text(in: record)))
        case .container: try? JSONValue(parsing: Array(bytes(in: record)))
        }
    }
}

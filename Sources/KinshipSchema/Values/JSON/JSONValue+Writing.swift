// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

extension JSONValue: CustomStringConvertible {
    /// The compact JSON text: members in their order, numbers as they were written.
    public var description: String {
        var bytes: [UInt8] = []
        write(into: &bytes)
        return String(decoding: bytes, as: UTF8.self)
    }

    /// Appends the compact JSON text.
    public func write(into bytes: inout [UInt8]) {
        // Explicit stack: a value built in code can be nested deeper than a thread's stack allows.
        enum Step {
            case value(JSONValue)
            case key(String)
            case byte(UInt8)
        }
        var steps: [Step] = [.value(self)]
        while let step = steps.popLast() {
            switch step {
            case .byte(let byte): bytes.append(byte)
            case .key(let key):
                Self.write(key, into: &bytes)
                bytes.append(UInt8(ascii: ":"))
            case .value(.null): bytes.append(contentsOf: "null".utf8)
            case .value(.bool(let flag)): bytes.append(contentsOf: (flag ? "true" : "false").utf8)
            case .value(.number(let text)): bytes.append(contentsOf: text.utf8)
            case .value(.string(let text)): Self.write(text, into: &bytes)
            case .value(.array(let elements)):
                bytes.append(UInt8(ascii: "["))
                steps.append(.byte(UInt8(ascii: "]")))
                for (position, element) in elements.enumerated().reversed() {
                    steps.append(.value(element))
                    if position > 0 { steps.append(.byte(UInt8(ascii: ","))) }
                }
            case .value(.object(let members)):
                bytes.append(UInt8(ascii: "{"))
                steps.append(.byte(UInt8(ascii: "}")))
                for (position, member) in members.enumerated().reversed() {
                    steps.append(.value(member.value))
                    steps.append(.key(member.key))
                    if position > 0 { steps.append(.byte(UInt8(ascii: ","))) }
                }
            }
        }
    }

    /// Appends a string as JSON, in double quotes.
    public static func write(_ text: String, into bytes: inout [UInt8]) {
        bytes.append(UInt8(ascii: "\""))
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "\""), UInt8(ascii: "\\"):
                bytes.append(UInt8(ascii: "\\"))
                bytes.append(byte)
            case 0x0A: bytes.append(contentsOf: [UInt8(ascii: "\\"), UInt8(ascii: "n")])
            case 0x0D: bytes.append(contentsOf: [UInt8(ascii: "\\"), UInt8(ascii: "r")])
            case 0x09: bytes.append(contentsOf: [UInt8(ascii: "\\"), UInt8(ascii: "t")])
            case 0..<0x20:
                let digits = String(byte, radix: 16)
                bytes.append(contentsOf: "\\u00".utf8)
                if digits.utf8.count == 1 { bytes.append(UInt8(ascii: "0")) }
                bytes.append(contentsOf: digits.utf8)
            default: bytes.append(byte)
            }
        }
        bytes.append(UInt8(ascii: "\""))
    }
}

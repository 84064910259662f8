// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

/// Lays JSON out with indents, byte by byte: digits, escapes and the order of keys stay as they are.
struct PrettyJSON {
    private let style: Style
    private var output: [UInt8] = []
    private var depth = 0

    private init(_ style: Style, depth: Int, capacity: Int) {
        self.style = style
        self.depth = depth
        output.reserveCapacity(capacity)
    }

    /// The text of a valid JSON value, two spaces to a level, without a newline at the end.
    ///
    /// - Parameter depth: how far the lines behind the first one are indented.
    static func format(_ json: [UInt8], style: Style, depth: Int = 0) -> [UInt8] {
        var formatter = PrettyJSON(style, depth: depth, capacity: json.count * 2)
        formatter.run(json)
        return formatter.output
    }

    private mutating func run(_ json: [UInt8]) {
        var index = 0
        while index < json.count {
            let byte = json[index]
            switch byte {
            case UInt8(ascii: "{"), UInt8(ascii: "["):
                output.append(byte)
                var next = index + 1
                while next < json.count, Self.isSpace(json[next]) { next += 1 }
                // An empty container stays on its line.
                if next < json.count, json[next] == byte + 2 {
                    output.append(json[next])
                    index = next
                } else {
                    depth += 1
                    newline()
                }
            case UInt8(ascii: "}"), UInt8(ascii: "]"):
                depth -= 1
                newline()
                output.append(byte)
            case UInt8(ascii: ","):
                output.append(byte)
                newline()
            case UInt8(ascii: ":"):
                output += [byte, UInt8(ascii: " ")]
            case UInt8(ascii: "\""):
                let end = Self.endOfString(json, from: index)
                var next = end
                while next < json.count, Self.isSpace(json[next]) { next += 1 }
                let isKey = next < json.count && json[next] == UInt8(ascii: ":")
                append(json[index..<end], isKey ? .blue : .green)
                index = end - 1
            case _ where Self.isSpace(byte): break
            default:
                var end = index + 1
                while end < json.count, !Self.endsScalar(json[end]) { end += 1 }
                append(json[index..<end], byte == UInt8(ascii: "n") ? .dim : .cyan)
                index = end - 1
            }
            index += 1
        }
    }

    private mutating func append(_ bytes: ArraySlice<UInt8>, _ color: Style.Color) {
        guard style.isOn else { return output += bytes }
        output += style.sequence(color).utf8
        output += bytes
        output += style.sequence(nil).utf8
    }

    private mutating func newline() {
        output.append(UInt8(ascii: "\n"))
        output.append(contentsOf: repeatElement(UInt8(ascii: " "), count: max(depth, 0) * 2))
    }

    private static func endOfString(_ json: [UInt8], from start: Int) -> Int {
        var index = start + 1
        while index < json.count {
            if json[index] == UInt8(ascii: "\\") {
                index += 1
            } else if json[index] == UInt8(ascii: "\"") {
                return index + 1
            }
            index += 1
        }
        return json.count
    }

    private static func isSpace(_ byte: UInt8) -> Bool { byte == 0x20 || (0x09...0x0D).contains(byte) }

    private static func endsScalar(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: ","), UInt8(ascii: "}"), UInt8(ascii: "]"), UInt8(ascii: ":"): true
        default: isSpace(byte)
        }
    }
}

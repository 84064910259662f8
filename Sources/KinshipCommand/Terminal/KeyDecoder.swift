// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

/// Makes keys of what a terminal sends.
struct KeyDecoder {
    private var bytes: [UInt8] = []

    /// Whether it waits for the rest of a key.
    var isInside: Bool { !bytes.isEmpty }

    /// Takes bytes as they came.
    mutating func append(_ more: some Sequence<UInt8>) { bytes += more }

    /// The next key; nil when the bytes end before one does.
    ///
    /// - Parameter isAll: whether no more bytes have come for a moment: what is a beginning then is all there is.
    mutating func next(isAll: Bool = false) -> Key? {
        guard let first = bytes.first else { return nil }
        switch first {
        case 0x1B: return sequence(isAll: isAll)
        case 0x0D, 0x0A: return take(1, .enter)
        case 0x09: return take(1, .tab)
        case 0x7F, 0x08: return take(1, .backspace)
        case 0x01...0x1A: return take(1, .control(Character(Unicode.Scalar(first + 0x60))))
        case 0x00...0x1F: return take(1, .unknown)
        default: return letter(first, isAll: isAll)
        }
    }

    private mutating func take(_ count: Int, _ key: Key) -> Key {
        bytes.removeFirst(min(count, bytes.count))
        return key
    }

    /// UTF-8.
    private mutating func letter(_ first: UInt8, isAll: Bool) -> Key? {
        let length = first < 0x80 || first > 0xF4 ? 1 : first >= 0xF0 ? 4 : first >= 0xE0 ? 3 : first >= 0xC2 ? 2 : 1
        guard bytes.count >= length else { return isAll ? take(bytes.count, .unknown) : nil }
        guard let text = String(validating: bytes.prefix(length), as: UTF8.self), let scalar = text.unicodeScalars.first
        else { return take(1, .unknown) }
        return take(length, .text(scalar))
    }

    /// `ESC [ A`, `ESC O A`, `ESC [ 3 ~` and the like; an Escape by itself has nothing behind it.
    private mutating func sequence(isAll: Bool) -> Key? {
        guard bytes.count > 1 else { return isAll ? take(1, .escape) : nil }
        guard bytes[1] == UInt8(ascii: "[") || bytes[1] == UInt8(ascii: "O") else { return take(1, .escape) }
        guard let end = bytes.dropFirst(2).firstIndex(where: { (0x40...0x7E).contains($0) }) else {
            return isAll || bytes.count > 32 ? take(bytes.count, .unknown) : nil
        }
        let number = String(decoding: bytes[2..<end].prefix { $0 != UInt8(ascii: ";") }, as: UTF8.self)
        let key: Key =
            switch bytes[end] {
            case UInt8(ascii: "A"): .up
            case UInt8(ascii: "B"): .down
            case UInt8(ascii: "C"): .right
            case UInt8(ascii: "D"): .left
            case UInt8(ascii: "H"): .home
            case UInt8(ascii: "F"): .end
            case UInt8(ascii: "Z"): .backTab
            case UInt8(ascii: "~"): Self.numbered[number] ?? .unknown
            default: .unknown
            }
        return take(end + 1, key)
    }

    private static let numbered: [String: Key] = [
        "1": .home, "7": .home, "4": .end, "8": .end, "3": .delete, "5": .pageUp, "6": .pageDown,
    ]
}

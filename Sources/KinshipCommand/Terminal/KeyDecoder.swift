// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

/// Makes keys of what a terminal sends.
///
/// A sequence is one key however it is cut, and one that nobody knows is swallowed to its end. What a hand types goes on from within a
/// sequence whose end is lost: a key below the space, such as Enter or Ctrl-C, ends it and counts.
struct KeyDecoder {
    /// So many bytes of a sequence tell what it is.
    private static let longest = 32

    private enum State: Equatable {
        /// Between keys.
        case ground
        /// Behind an Escape, which may be a key or begin a sequence.
        case escape
        /// Behind `ESC [`, with the bytes before the last one.
        case control([UInt8])
        /// Behind `ESC [ [`, as a console without windows begins F1 to F5.
        case console
        /// Behind `ESC O`, with the bytes before the last one.
        case single([UInt8])
        /// Inside what a terminal answers (OSC, DCS, APC, PM, SOS); whether anything of it has come but its beginning.
        case string(isBegun: Bool)
        /// Behind an Escape inside of that.
        case stringEscape
    }

    private var bytes: [UInt8] = []
    private var state = State.ground

    /// Whether it waits for the rest of a key that a pause would make another one.
    var isInside: Bool {
        switch state {
        case .ground: !bytes.isEmpty
        case .escape, .string(isBegun: false), .stringEscape: true
        case .control, .console, .single, .string(isBegun: true): false
        }
    }

    /// Whether there is a key to be had without more bytes.
    var hasKey: Bool {
        var other = self
        return other.next() != nil
    }

    /// Takes bytes as they came.
    mutating func append(_ more: some Sequence<UInt8>) { bytes += more }

    /// The next key; nil when the bytes end before one does.
    ///
    /// - Parameter isAll: whether no more bytes have come for a moment: an Escape by itself then is the key. What has begun as a sequence
    ///   still is one.
    mutating func next(isAll: Bool = false) -> Key? {
        while let byte = bytes.first {
            if state == .ground, byte != 0x1B { return plain(byte, isAll: isAll) }
            if let key = step(byte) { return key }
        }
        guard isAll else { return nil }
        switch state {
        case .escape, .stringEscape: return ending(.escape)
        // Alt and a letter that begins such a text.
        case .string(isBegun: false): return ending(.unknown)
        default: return nil
        }
    }

    // MARK: Plain keys

    private mutating func plain(_ first: UInt8, isAll: Bool) -> Key? {
        switch first {
        case 0x0D, 0x0A: take(1, .enter)
        case 0x09: take(1, .tab)
        case 0x7F, 0x08: take(1, .backspace)
        case 0x01...0x1A: take(1, .control(Character(Unicode.Scalar(first + 0x60))))
        case 0x00...0x1F: take(1, .unknown)
        default: letter(first, isAll: isAll)
        }
    }

    /// UTF-8.
    private mutating func letter(_ first: UInt8, isAll: Bool) -> Key? {
        let length = first < 0x80 || first > 0xF4 ? 1 : first >= 0xF0 ? 4 : first >= 0xE0 ? 3 : first >= 0xC2 ? 2 : 1
        guard bytes.count >= length else { return isAll ? take(bytes.count, .unknown) : nil }
        guard let text = String(validating: bytes.prefix(length), as: UTF8.self), let scalar = text.unicodeScalars.first
        else { return take(1, .unknown) }
        return take(length, .text(scalar))
    }

    private mutating func take(_ count: Int, _ key: Key) -> Key {
        bytes.removeFirst(min(count, bytes.count))
        return key
    }

    // MARK: Sequences

    /// Takes one byte of a sequence, or ends the sequence before it.
    private mutating func step(_ byte: UInt8) -> Key? {
        switch state {
        case .ground: return moving(to: .escape)
        case .escape:
            guard let begun = Self.beginning(byte) else { return ending(.escape) }
            return moving(to: begun)
        case .control(let before):
            if byte == UInt8(ascii: "["), before.isEmpty { return moving(to: .console) }
            if (0x20...0x3F).contains(byte) { return moving(to: .control(Self.gathered(before, byte))) }
            return final(byte, Self.control(before, byte))
        case .single(let before):
            if (0x30...0x3F).contains(byte) { return moving(to: .single(Self.gathered(before, byte))) }
            return final(byte, Self.arrows[byte] ?? .unknown)
        case .console: return final(byte, .unknown)
        case .string:
            switch byte {
            case 0x1B: return moving(to: .stringEscape)
            case 0x07:
                bytes.removeFirst()
                return ending(.unknown)
            case 0x00..<0x20: return ending(.unknown)
            default: return moving(to: .string(isBegun: true))
            }
        case .stringEscape:
            if byte == UInt8(ascii: "\\") { bytes.removeFirst() }
            // Any other one is behind an Escape that begins anew.
            state = byte == UInt8(ascii: "\\") ? .ground : .escape
            return .unknown
        }
    }

    private mutating func moving(to next: State) -> Key? {
        bytes.removeFirst()
        state = next
        return nil
    }

    private mutating func ending(_ key: Key) -> Key {
        state = .ground
        return key
    }

    /// The key of a sequence that ends with a byte; one that can't end it is left for what comes next.
    private mutating func final(_ byte: UInt8, _ key: Key) -> Key {
        guard (0x40...0x7E).contains(byte) else { return ending(.unknown) }
        bytes.removeFirst()
        return ending(key)
    }

    private static func gathered(_ before: [UInt8], _ byte: UInt8) -> [UInt8] {
        before.count < longest ? before + [byte] : before
    }

    /// What the byte behind an Escape begins.
    private static func beginning(_ byte: UInt8) -> State? {
        switch byte {
        case UInt8(ascii: "["): .control([])
        case UInt8(ascii: "O"): .single([])
        case UInt8(ascii: "]"), UInt8(ascii: "P"), UInt8(ascii: "_"), UInt8(ascii: "^"), UInt8(ascii: "X"):
            .string(isBegun: false)
        default: nil
        }
    }

    /// `ESC [ A`, `ESC [ 1 ; 5 A`, `ESC [ 3 ~` and the like; with marks besides numbers it is an answer and no key.
    private static func control(_ before: [UInt8], _ last: UInt8) -> Key {
        guard before.count < longest, before.allSatisfy({ (0x30...0x3B).contains($0) }) else { return .unknown }
        if last != UInt8(ascii: "~") { return arrows[last] ?? .unknown }
        let number = before.prefix { (0x30...0x39).contains($0) }
        return numbered[String(decoding: number, as: UTF8.self)] ?? .unknown
    }

    private static let arrows: [UInt8: Key] = [
        UInt8(ascii: "A"): .up, UInt8(ascii: "B"): .down, UInt8(ascii: "C"): .right, UInt8(ascii: "D"): .left,
        UInt8(ascii: "H"): .home, UInt8(ascii: "F"): .end, UInt8(ascii: "Z"): .backTab,
    ]

    private static let numbered: [String: Key] = [
        "1": .home, "7": .home, "4": .end, "8": .end, "3": .delete, "5": .pageUp, "6": .pageDown,
    ]
}

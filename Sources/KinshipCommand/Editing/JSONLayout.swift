// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import RelationPlanner

/// How a JSON text is laid out: what is written into it looks like the rest.
struct JSONLayout {
    /// As long as a line with an object on it gets.
    private static let longestLine = 120

    /// What ends its lines, most of them where they differ.
    let newline: [UInt8]
    /// One level's indentation.
    let unit: [UInt8]
    /// What is between a colon or a comma and what comes next on the line.
    let gap: [UInt8]
    private let bytes: [UInt8]
    /// Whether the first object that isn't empty of each depth is on several lines.
    private let expanded: [Bool?]

    /// The layout of a text whose object begins at `root`.
    init(of text: JSONText, root: Int) {
        let bytes = text.bytes
        self.bytes = bytes
        newline = LineEnd.usual(in: bytes)
        let first = text.members(at: root)?.first
        unit = first.flatMap { Self.indentationIfFirst(in: bytes, at: $0.start) } ?? [0x20, 0x20]
        gap = first.map { Self.isTight($0, in: bytes) } == true ? [] : [0x20]
        expanded = Self.expansion(of: text, root: root)
    }

    private static func isTight(_ member: JSONText.Member, in bytes: [UInt8]) -> Bool {
        bytes[member.value.lowerBound - 1] == UInt8(ascii: ":")
    }

    private static func expansion(of text: JSONText, root: Int) -> [Bool?] {
        var found: [Bool?] = []
        var level = [root]
        while !level.isEmpty, found.count < 6 {
            var next: [Int] = []
            var isExpanded: Bool?
            for start in level {
                guard let members = text.members(at: start), let first = members.first else { continue }
                if isExpanded == nil { isExpanded = indentationIfFirst(in: text.bytes, at: first.start) != nil }
                next += members.map(\.value.lowerBound).filter { text.bytes[$0] == UInt8(ascii: "{") }
            }
            found.append(isExpanded)
            level = next
        }
        return found
    }

    // MARK: Looking

    /// Whether objects of a depth are on several lines; where there are none yet, as those around them.
    func isExpanded(_ depth: Int) -> Bool {
        let known = expanded.prefix(depth + 1).compactMap { $0 }
        // A text that has nothing yet is free to look well.
        return known.last ?? true
    }

    /// Whether a value goes over several lines.
    func isOnSeveralLines(_ range: Range<Int>) -> Bool { bytes[range].contains { $0 == 0x0A || $0 == 0x0D } }

    /// What the line of a place begins with.
    func indentation(at position: Int) -> [UInt8] {
        let start = bytes[..<position].lastIndex { $0 == 0x0A || $0 == 0x0D }.map { $0 + 1 } ?? 0
        return Array(bytes[start..<position].prefix { $0 == 0x20 || $0 == 0x09 })
    }

    /// What is ahead of a place on its line, if that is nothing but space; nil also on the first line.
    func indentationIfFirst(at position: Int) -> [UInt8]? { Self.indentationIfFirst(in: bytes, at: position) }

    private static func indentationIfFirst(in bytes: [UInt8], at position: Int) -> [UInt8]? {
        guard let end = bytes[..<position].lastIndex(where: { $0 == 0x0A || $0 == 0x0D }) else { return nil }
        let ahead = bytes[(end + 1)..<position]
        return ahead.allSatisfy { $0 == 0x20 || $0 == 0x09 } ? Array(ahead) : nil
    }

    /// The end of the line of a place, if no more than space and a comma is ahead of it.
    func lineEnd(behind position: Int) -> Range<Int>? {
        var end = bytes[position...].firstIndex { $0 != 0x20 && $0 != 0x09 } ?? bytes.endIndex
        if end < bytes.count, bytes[end] == Self.comma {
            end = bytes[(end + 1)...].firstIndex { $0 != 0x20 && $0 != 0x09 } ?? bytes.endIndex
        }
        return LineEnd.range(in: bytes, at: end)
    }

    // MARK: Writing

    /// A member, whose value is at a depth.
    ///
    /// - Parameters:
    ///   - indentation: that of its line; nil where it shares the line with others.
    ///   - isExpanded: whether its value goes over several lines; nil for as others of the depth do.
    func written(
        _ key: String, _ value: JSONValue, depth: Int, indentation: [UInt8]?, isExpanded: Bool? = nil
    ) -> [UInt8] {
        var text = named(key)
        text += written(value, depth: depth, indentation: indentation, isExpanded: isExpanded, used: text.count)
        return text
    }

    /// A value at a depth, behind `used` bytes of its line.
    func written(
        _ value: JSONValue, depth: Int, indentation: [UInt8]?, isExpanded: Bool?, used: Int
    ) -> [UInt8] {
        let compact = compact(value)
        guard let indentation else { return compact }
        let isLong = indentation.count + used + compact.count > Self.longestLine
        guard isExpanded ?? self.isExpanded(depth) || isLong else { return compact }
        let inner = indentation + unit
        switch value {
        case .object(let members) where !members.isEmpty:
            let parts = members.map { written($0.key, $0.value, depth: depth + 1, indentation: inner) }
            return Self.enclosed(
                parts, "{}", before: newline + inner, between: [Self.comma], after: newline + indentation)
        case .array(let elements) where !elements.isEmpty:
            let parts = elements.map {
                written($0, depth: depth + 1, indentation: inner, isExpanded: nil, used: 0)
            }
            return Self.enclosed(
                parts, "[]", before: newline + inner, between: [Self.comma], after: newline + indentation)
        default: return compact
        }
    }

    private static let comma = UInt8(ascii: ",")

    /// A key with its colon.
    private func named(_ key: String) -> [UInt8] {
        var text = Array(JSONValue.string(key).description.utf8)
        text.append(UInt8(ascii: ":"))
        return text + gap
    }

    /// A value on one line.
    private func compact(_ value: JSONValue) -> [UInt8] {
        switch value {
        case .object(let members):
            let parts = members.map { member in named(member.key) + compact(member.value) }
            return Self.enclosed(parts, "{}", before: [], between: [Self.comma] + gap, after: [])
        case .array(let elements):
            return Self.enclosed(elements.map(compact), "[]", before: [], between: [Self.comma] + gap, after: [])
        default: return Array(value.description.utf8)
        }
    }

    /// Parts in their braces; what is before the first of them is before each.
    private static func enclosed(
        _ parts: [[UInt8]], _ braces: String, before: [UInt8], between: [UInt8], after: [UInt8]
    ) -> [UInt8] {
        var text = Array(braces.utf8.prefix(1))
        for (index, part) in parts.enumerated() {
            if index > 0 { text += between }
            text += before
            text += part
        }
        text += after
        text += braces.utf8.suffix(1)
        return text
    }
}

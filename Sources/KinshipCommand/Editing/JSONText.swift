// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import RelationPlanner

/// The text of a JSON object in which members are set, and which stays as it is byte for byte everywhere else.
///
/// What is put in is laid out as what is around it: with its indentation, its ends of lines, on one line or on several.
struct JSONText {
    /// Why nothing can be set.
    enum Problem: Error, Hashable {
        /// The text isn't JSON.
        case invalid(String)
        /// What is there isn't an object: the keys that lead to it.
        case notAnObject([String])
    }

    /// A member of an object, as far as the text goes.
    struct Member {
        var key: String
        /// Where its key begins.
        var start: Int
        /// Where its value is.
        var value: Range<Int>
    }

    /// The text.
    private(set) var bytes: [UInt8]
    /// Where the object begins.
    let root: Int

    /// A text that has been read.
    init(_ bytes: [UInt8]) throws(Problem) {
        self.bytes = bytes
        var start = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? 3 : 0
        do { _ = try JSONValue(parsing: Array(bytes[start...])) } catch { throw .invalid(error.message) }
        while start < bytes.count, bytes[start].isJSONSpace { start += 1 }
        root = start
        guard members(at: root) != nil else { throw .notAnObject([]) }
    }

    /// Sets a member, which may be there or not; objects that lead to it are made where there are none.
    ///
    /// - Parameters:
    ///   - path: the keys that lead to it, the member's own last.
    ///   - value: what it holds.
    ///   - neighbour: the member of the outermost object behind which what has to be made there is put; at the end when there is no such
    ///     member.
    mutating func set(_ path: [String], to value: JSONValue, after neighbour: String? = nil) throws(Problem) {
        var start = root
        for (depth, key) in path.enumerated() {
            guard let members = members(at: start) else { throw .notAnObject(Array(path.prefix(depth))) }
            let rest = path.dropFirst(depth + 1)
            // A key that is there twice has its last value.
            guard let member = members.last(where: { $0.key.utf8.elementsEqual(key.utf8) }) else {
                let anchor = depth == 0 ? members.last { $0.key == neighbour } : nil
                return insert(key, rest.nesting(value), at: start, depth: depth, members, anchor ?? members.last)
            }
            if rest.isEmpty || self[member.value] == .null {
                return replace(member, rest.nesting(value), depth: depth + 1)
            }
            start = member.value.lowerBound
        }
    }

    /// The keys of the object.
    var keys: [String] { members(at: root)?.map(\.key) ?? [] }

    /// What is at a place.
    private subscript(range: Range<Int>) -> JSONValue? { try? JSONValue(parsing: Array(bytes[range])) }

    /// The members of the object that begins at a place; nil where there is none.
    func members(at start: Int) -> [Member]? {
        guard start < bytes.count, bytes[start] == UInt8(ascii: "{") else { return nil }
        return bytes.withUnsafeBytes { buffer in
            var scanner = JSONScanner(buffer, from: start + 1)
            var found: [Member] = []
            scanner.skipSpace()
            if scanner.take(UInt8(ascii: "}")) { return found }
            repeat {
                scanner.skipSpace()
                let key = scanner.position
                guard scanner.skipString(),
                    let name = (try? JSONValue(parsing: Array(bytes[key..<scanner.position])))?.text
                else { return nil }
                scanner.skipSpace()
                guard scanner.take(UInt8(ascii: ":")) else { return nil }
                scanner.skipSpace()
                let value = scanner.position
                guard scanner.skipValue() else { return nil }
                found.append(Member(key: name, start: key, value: value..<scanner.position))
                scanner.skipSpace()
            } while scanner.take(UInt8(ascii: ","))
            return found
        }
    }

    // MARK: Changing

    /// Takes bytes away.
    mutating func cut(_ range: Range<Int>) { bytes.removeSubrange(range) }

    /// Puts other bytes in their place.
    mutating func replace(_ range: Range<Int>, with other: [UInt8]) { bytes.replaceSubrange(range, with: other) }

    private mutating func insert(
        _ key: String, _ value: JSONValue, at start: Int, depth: Int, _ members: [Member], _ anchor: Member?
    ) {
        let layout = JSONLayout(of: self, root: root)
        guard let anchor else {
            // An empty object: what is between its braces goes.
            guard let end = bytes[start...].firstIndex(of: UInt8(ascii: "}")) else { return }
            let outer = layout.indentation(at: start)
            let inner = outer + layout.unit
            let isExpanded = layout.isExpanded(depth)
            let member = layout.written(key, value, depth: depth + 1, indentation: isExpanded ? inner : nil)
            // The line of the brace keeps its end.
            let own = LineEnd.first(in: bytes, start..<end) ?? layout.newline
            var text: [UInt8] = isExpanded ? own + inner : []
            text += member
            if isExpanded { text += layout.newline + outer }
            bytes.replaceSubrange((start + 1)..<end, with: text)
            return
        }
        let siblings = members.last { bytes[$0.value.lowerBound] == UInt8(ascii: "{") && !self.isEmpty($0.value) }
        let isLong = siblings.map { layout.isOnSeveralLines($0.value) }
        var text = [UInt8(ascii: ",")]
        if let indentation = layout.indentationIfFirst(at: anchor.start) {
            // The line ahead keeps its end, and the new one has that of most.
            if let end = layout.lineEnd(behind: anchor.value.upperBound) {
                text += bytes[end]
                bytes.replaceSubrange(end, with: layout.newline)
            } else {
                text += layout.newline
            }
            text += indentation
            text += layout.written(key, value, depth: depth + 1, indentation: indentation, isExpanded: isLong)
        } else {
            text += layout.gap
            text += layout.written(key, value, depth: depth + 1, indentation: nil)
        }
        bytes.insert(contentsOf: text, at: anchor.value.upperBound)
    }

    private mutating func replace(_ member: Member, _ value: JSONValue, depth: Int) {
        let layout = JSONLayout(of: self, root: root)
        let indentation = layout.indentationIfFirst(at: member.start)
        let isLong = isEmpty(member.value) ? nil : layout.isOnSeveralLines(member.value)
        bytes.replaceSubrange(
            member.value,
            with: layout.written(value, depth: depth, indentation: indentation, isExpanded: isLong, used: 0))
    }

    private func isEmpty(_ range: Range<Int>) -> Bool {
        switch self[range] {
        case .object(let members): members.isEmpty
        case .array(let elements): elements.isEmpty
        default: true
        }
    }
}

extension ArraySlice<String> {
    /// A value inside objects of one member each.
    fileprivate func nesting(_ value: JSONValue) -> JSONValue {
        reversed().reduce(value) { .object([.init($1, $0)]) }
    }
}

extension UInt8 {
    /// Whether JSON has it between its values.
    var isJSONSpace: Bool { self == 0x20 || self == 0x0A || self == 0x0D || self == 0x09 }
}

// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

extension JSONText {
    /// Takes a member away, with its line where it has one of its own; an object whose last member it was stays, empty.
    ///
    /// - Returns: whether it was there.
    mutating func remove(_ path: [String]) throws(Problem) -> Bool {
        var isFound = false
        // A key that is there twice goes twice.
        while let place = try find(path) {
            remove(place.index, of: place.members, at: place.start)
            isFound = true
        }
        return isFound
    }

    /// Where a member is: the object that has it, and which of its members it is; nil where there is none.
    private func find(_ path: [String]) throws(Problem) -> (start: Int, members: [Member], index: Int)? {
        var start = root
        for (depth, key) in path.enumerated() {
            guard let members = members(at: start) else { throw .notAnObject(Array(path.prefix(depth))) }
            guard let index = members.lastIndex(where: { $0.key.utf8.elementsEqual(key.utf8) }) else { return nil }
            if depth == path.count - 1 { return (start, members, index) }
            start = members[index].value.lowerBound
        }
        return nil
    }

    private mutating func remove(_ index: Int, of members: [Member], at start: Int) {
        let member = members[index]
        guard members.count > 1 else {
            guard let end = bytes[member.value.upperBound...].firstIndex(of: UInt8(ascii: "}")) else { return }
            return cut((start + 1)..<end)
        }
        guard index > 0 else { return cut(member.start..<members[1].start) }
        let ahead = members[index - 1].value.upperBound
        let isLast = index == members.count - 1
        if isLast, let own = lineEnd(behind: member.value.upperBound), let former = lineEnd(behind: ahead) {
            // The line ahead keeps its end.
            replace(own, with: Array(bytes[former]))
        }
        cut(ahead..<member.value.upperBound)
    }

    /// The end of the line of a place, behind no more than space and a comma.
    private func lineEnd(behind position: Int) -> Range<Int>? {
        JSONLayout(of: self, root: root).lineEnd(behind: position)
    }
}

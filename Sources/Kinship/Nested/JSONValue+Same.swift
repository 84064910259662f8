// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

package import KinshipSchema

extension JSONValue {
    /// Whether it says the same: members in any order, numbers however many zeros end them.
    package func isSame(as other: JSONValue) -> Bool {
        switch (self, other) {
        case (.number(let own), .number(let others)): own == others || Self.short(own) == Self.short(others)
        case (.array(let own), .array(let others)):
            own.count == others.count && zip(own, others).allSatisfy { $0.isSame(as: $1) }
        case (.object(let own), .object(let others)):
            own.count == others.count
                && own.allSatisfy { member in other[member.key].map { member.value.isSame(as: $0) } ?? false }
        default: self == other
        }
    }

    private static func short(_ number: String) -> Substring {
        guard number.contains("."), !number.contains(where: { "eE".contains($0) }) else { return number[...] }
        var short = number[...]
        while short.last == "0" { short.removeLast() }
        if short.last == "." { short.removeLast() }
        return short
    }
}

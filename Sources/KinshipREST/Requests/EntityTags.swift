// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

/// The tags of an `If-Match` or `If-None-Match`.
struct EntityTags {
    /// Whether any record will do: `*`.
    let isAny: Bool
    /// The tags as they are written, those that are weak with `W/` ahead.
    let tags: [String]

    init(_ values: [String]) {
        var tags: [String] = []
        var isAny = false
        for value in values {
            // A tag holds no quotation mark, but it may hold a comma.
            var rest = value[...]
            while let start = rest.firstIndex(where: { $0 != " " && $0 != "," && $0 != "\t" }) {
                rest = rest[start...]
                if rest.hasPrefix("*") {
                    isAny = true
                    rest = rest.dropFirst()
                    continue
                }
                guard let open = rest.firstIndex(of: "\""),
                    let close = rest[rest.index(after: open)...].firstIndex(of: "\"")
                else { break }
                tags.append(String(rest[...close]))
                rest = rest[rest.index(after: close)...]
            }
        }
        (self.isAny, self.tags) = (isAny, tags)
    }

    /// Whether one of them means the same, be it only nearly.
    func matchesWeakly(_ tag: String) -> Bool {
        isAny || tags.contains { Self.opaque($0) == Self.opaque(tag) }
    }

    /// Whether one of them is the same, byte for byte.
    func matchesStrongly(_ tag: String) -> Bool { isAny || !tag.hasPrefix("W/") && tags.contains(tag) }

    /// The number that the only strong tag holds, ahead of what its bytes come to: that of a record's changes.
    var version: String? {
        let strong = tags.filter { !$0.hasPrefix("W/") }.map { $0.dropFirst().dropLast() }
        guard strong.count == 1, case let number = strong[0].prefix(while: { $0 != "-" }), !number.isEmpty,
            number.allSatisfy({ $0.isASCII && $0.isNumber })
        else { return nil }
        return String(number)
    }

    private static func opaque(_ tag: String) -> Substring { tag.hasPrefix("W/") ? tag.dropFirst(2) : tag[...] }
}

// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

/// JSON that means one thing to all who read it.
enum StrictJSON {
    /// An object; nil for anything else, also where a name is there twice in one of its objects: readers differ on which counts.
    static func object(_ bytes: [UInt8], maximumDepth: Int) -> JSONValue? {
        guard let json = try? JSONValue(parsing: bytes, maximumDepth: maximumDepth), case .object = json else {
            return nil
        }
        guard let members = members(json), members == colons(bytes) else { return nil }
        return json
    }

    /// How many members all objects have; nil where two names of one look the same.
    private static func members(_ json: JSONValue) -> Int? {
        switch json {
        case .object(let members):
            // To Swift two spellings of one letter are equal.
            guard Set(members.map(\.key)).count == members.count else { return nil }
            return members.reduce(members.count) { total, member in
                guard let total, let more = self.members(member.value) else { return nil }
                return total + more
            }
        case .array(let elements):
            return elements.reduce(0) { total, element in
                guard let total, let more = members(element) else { return nil }
                return total + more
            }
        default: return 0
        }
    }

    /// How many members are written: in valid JSON each has its colon, and there are no others outside of strings.
    private static func colons(_ bytes: [UInt8]) -> Int {
        var (count, isInside, isEscaped) = (0, false, false)
        for byte in bytes {
            if isInside {
                if isEscaped {
                    isEscaped = false
                } else if byte == UInt8(ascii: "\\") {
                    isEscaped = true
                } else if byte == UInt8(ascii: "\"") {
                    isInside = false
                }
            } else if byte == UInt8(ascii: "\"") {
                isInside = true
            } else if byte == UInt8(ascii: ":") {
                count += 1
            }
        }
        return count
    }
}

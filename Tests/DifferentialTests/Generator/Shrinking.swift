// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import RelationPlanner

/// Makes a filter that fails smaller, as long as it fails.
enum Shrinking {
    static func smallest(_ json: JSONValue, fails: (JSONValue) async throws -> Bool) async throws -> JSONValue {
        var smallest = json
        var isSmaller = true
        while isSmaller {
            isSmaller = false
            for candidate in smaller(smallest) where try await fails(candidate) {
                smallest = candidate
                isSmaller = true
                break
            }
        }
        return smallest
    }

    /// The same with one member or element less, at any depth.
    private static func smaller(_ json: JSONValue) -> [JSONValue] {
        var candidates: [JSONValue] = []
        switch json {
        case .array(let elements):
            for position in elements.indices {
                var fewer = elements
                fewer.remove(at: position)
                candidates.append(.array(fewer))
            }
            for position in elements.indices {
                candidates += smaller(elements[position]).map {
                    var changed = elements
                    changed[position] = $0
                    return .array(changed)
                }
            }
        case .object(let members):
            for position in members.indices {
                var fewer = members
                fewer.remove(at: position)
                candidates.append(.object(fewer))
            }
            for position in members.indices {
                candidates += smaller(members[position].value).map {
                    var changed = members
                    changed[position].value = $0
                    return .object(changed)
                }
            }
        default: break
        }
        return candidates
    }
}

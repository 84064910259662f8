// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Testing

@testable import RelationPlanner

/// JSON as the corpus compares it: numbers by their exact value, objects whatever the order of their keys.
indirect enum ComparableJSON: Equatable {
    case literal(JSONValue)
    case number(DecimalText)
    case array([ComparableJSON])
    case object([String: ComparableJSON])

    init(_ json: JSONValue) throws {
        switch json {
        case .null, .bool, .string: self = .literal(json)
        case .number(let text): self = .number(try #require(DecimalText(text)))
        case .array(let elements): self = .array(try elements.map { try ComparableJSON($0) })
        case .object(let members):
            self = .object(
                try Dictionary(
                    members.map { ($0.key, try ComparableJSON($0.value)) }, uniquingKeysWith: { _, last in last }))
        }
    }
}

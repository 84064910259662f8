// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import RelationPlanner

/// Which records a change of many is about.
enum WriteWhere: Sendable {
    case all
    case equal(String, JSONValue)
    case oneOf(String, [JSONValue])
    case other(String, JSONValue)

    var json: JSONValue {
        switch self {
        case .all: .object([])
        case .equal(let property, let value): .object([.init(property, value)])
        case .oneOf(let property, let values): .object([.init(property, ["inq": .array(values)])])
        case .other(let property, let value): .object([.init(property, ["neq": value])])
        }
    }

    func finds(_ row: WriteRow) -> Bool {
        switch self {
        case .all: true
        case .equal(let property, let value): row[property] == value
        case .oneOf(let property, let values): values.contains(row[property] ?? .null)
        case .other(let property, let value): row[property] != .null && row[property] != value
        }
    }
}

// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import RelationPlanner

/// A scope that is a function of the record its relation starts from: of one property (D11).
struct TreeScopeFunction {
    enum Kind {
        /// Rows that have the same in a property.
        case equal(String)
        /// As many rows as the value says, 3 at most.
        case size
        /// One of two scopes, or none.
        case choice(JSONValue, JSONValue)
    }

    /// The source's property.
    var property: String
    var kind: Kind

    /// The scope for a record with a value.
    func scope(for value: JSONValue) -> JSONValue {
        var sum = 0
        switch value {
        case .number(let text): sum = text.utf8.reduce(0) { $0 + Int($1) }
        case .string(let text): sum = text.utf8.count
        default: break
        }
        switch kind {
        case .equal(let name): return ["where": .object([.init(name, value)])]
        case .size: return value == .null ? .null : ["limit": .number(String(sum % 3 + 1))]
        case .choice(let one, let other): return value == .null ? .null : sum % 2 == 0 ? one : other
        }
    }
}

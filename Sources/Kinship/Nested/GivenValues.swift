// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import RelationPlanner

/// What the place of a new record in a graph says of it, by the names of properties.
struct GivenValues: Sendable {
    /// The key and the type of the relation that leads to it: data may only say the same (D24).
    var keys: [String: JSONValue] = [:]
    /// The model of the record whose key it is.
    var owner: Model.ID?
    /// What `properties` copies: it takes the place of what data say.
    var copies: [String: JSONValue] = [:]
}

extension ParentRecord {
    /// The value of a property that the statement has to have fetched.
    func value(_ name: String) throws(PlannerError) -> JSONValue {
        let value = self[name]
        if let fault = firstFault { throw fault }
        return value
    }
}

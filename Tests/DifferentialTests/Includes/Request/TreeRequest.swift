// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Kinship
import RelationPlanner

/// What is asked of the library and of the evaluator.
struct TreeRequest: CustomStringConvertible {
    enum Form {
        case find
        case byKey(JSONValue)
        case byKeys([JSONValue])
    }

    var model: String
    var form: Form
    var filter: JSONValue

    var description: String {
        switch form {
        case .find: "find \(model) \(filter)"
        case .byKey(let key): "findById \(model) \(key) \(filter)"
        case .byKeys(let keys): "findByIds \(model) \(JSONValue.array(keys)) \(filter)"
        }
    }

    func run(on database: Database) async throws -> Graph {
        switch form {
        case .find: try await database.find(model, filter: filter)
        case .byKey(let key): try await database.findById(model, id: key, filter: filter)
        case .byKeys(let keys): try await database.findByIds(model, ids: keys, filter: filter)
        }
    }
}

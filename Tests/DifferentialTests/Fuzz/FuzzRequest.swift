// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import RelationPlanner

/// One input, by the way it comes in.
enum FuzzRequest: CustomStringConvertible {
    case json(model: String, JSONValue)
    case bytes(model: String, [UInt8])
    case query(model: String, String)
    case count(model: String, JSONValue)
    case key(model: String, JSONValue)
    case keys(model: String, [JSONValue])

    var description: String {
        switch self {
        case .json(let model, let filter): "find \(model) \(filter.description.prefix(2000))"
        case .bytes(let model, let bytes): "bytes \(model) \(String(decoding: bytes, as: UTF8.self).prefix(2000))"
        case .query(let model, let text): "query \(model) \(text.prefix(2000))"
        case .count(let model, let condition): "count \(model) \(condition.description.prefix(2000))"
        case .key(let model, let id): "key \(model) \(id.description.prefix(2000))"
        case .keys(let model, let ids): "keys \(model) \(JSONValue.array(ids).description.prefix(2000))"
        }
    }

    /// A smaller one that fails the same way.
    func smallest(_ fails: (FuzzRequest) async -> Bool) async -> FuzzRequest {
        let json: JSONValue
        let model: String
        switch self {
        case .json(let name, let filter): (model, json) = (name, filter)
        case .bytes(let name, let bytes):
            guard let filter = try? JSONValue(parsing: bytes, maximumDepth: 512) else { return self }
            (model, json) = (name, filter)
        default: return self
        }
        guard await fails(.json(model: model, json)) else { return self }
        let small = try? await Shrinking.smallest(json) { await fails(.json(model: model, $0)) }
        return .json(model: model, small ?? json)
    }
}

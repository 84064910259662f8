// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Kinship

/// The records of a request at the console: the first ones where nobody has said how many, so that a large table doesn't fill the memory.
struct ConsoleRecords {
    /// So many are shown.
    static let most = 1_000

    /// Records as JSON, or a page of them.
    let json: [UInt8]
    /// Whether there are more.
    let isCut: Bool

    /// Asks for them. A limit that the filter says is kept, `0` for all.
    init(_ model: String, _ filter: JSONValue, from database: Database) async throws {
        var trees = database.trees
        // One more than are shown tells whether there are any; a page tells it by its total.
        let most = Self.says("page", in: filter) ? Self.most : Self.most + 1
        trees.defaultLimit = min(trees.defaultLimit ?? most, most)
        let graph = try await database.with(trees: trees).find(model, filter: filter)
        isCut = graph.count > Self.most && !Self.says("limit", in: filter)
        guard isCut else {
            json = try graph.json()
            return
        }
        var text = [UInt8(ascii: "[")]
        for row in 0..<Self.most {
            if row > 0 { text.append(UInt8(ascii: ",")) }
            text += try graph.json(row: row)
        }
        json = text + [UInt8(ascii: "]")]
    }

    /// What is told of those that aren't shown.
    static let note =
        "These are the first 1,000 records of more. Say how many in the filter: {\"limit\": 5000}, or {\"limit\": 0} for all."

    private static func says(_ key: String, in filter: JSONValue) -> Bool {
        (filter.members ?? []).contains { $0.key == key && $0.value != .null && $0.value != .bool(false) }
    }
}

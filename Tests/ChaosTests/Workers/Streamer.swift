// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Foundation
import Kinship
import Libpq
import RelationPlanner
import TestSupport

/// Streams to the end, or leaves half-way.
struct Streamer: Worker {
    let client: Client

    func step(_ random: inout SeededRandom) async {
        let first = random.number(1...(Tables.items - 100))
        let batch = random.number(5...60)
        let most = random.once(in: 2) ? Int.max : random.number(1...4)
        let pause: Duration = .microseconds(random.once(in: 3) ? random.number(0...10_000) : 0)
        let client = client
        _ = await client.perform(
            "stream", statements: 2 * (Tables.items / batch + 2), cancelledAfter: client.cancellation(once: 5, &random)
        ) {
            let filter = try JSONValue(
                parsing: """
                    {"where": {"id": {"gte": \(first)}}, "order": "id",
                     "include": {"relation": "parts", "scope": {"order": "id"}}}
                    """)
            var (next, pulls) = (Int64(first), 0)
            for try await graph in try client.world.database.stream("Item", filter: filter, batchSize: batch) {
                let items = try JSONDecoder().decode([TreeReader.Item].self, from: Data(try graph.json()))
                let isRight =
                    items.map(\.id) == Array(next..<(next + Int64(items.count))) && items.allSatisfy(\.isItself)
                client.history.saw(isRight ? nil : Finding(.swapped, "a stream at \(next): \(items)"))
                next += Int64(items.count)
                pulls += 1
                if pulls == most { return }
                if pause > .zero { try await Task.sleep(for: pause) }
            }
            if next != Int64(Tables.items + 1) {
                client.history.found(
                    Finding(.altered, "a stream from \(first) ended before \(next) as if that were all"))
            }
        }
    }
}

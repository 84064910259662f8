// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Kinship
import Synchronization

/// How many records are still to come.
final class RecordCount: Sendable {
    private let rest: Mutex<Int>

    init(_ count: Int) { rest = Mutex(count) }

    /// How many of them the next page may have.
    func next(upTo batch: Int) -> Int { rest.withLock { min($0, batch) } }

    /// Some have come.
    func take(_ count: Int) { rest.withLock { $0 = $0 == .max ? .max : max(0, $0 - count) } }
}

/// A list in pages.
struct ListPages: Sendable {
    let find: @Sendable (JSONValue?) async throws -> Graph
    /// What holds for all pages.
    let members: [JSONValue.Member]
    /// Where the first page begins.
    let beginning: [JSONValue.Member]
    let count: RecordCount
    let batchSize: Int
    /// When the reader has to be through.
    let end: ContinuousClock.Instant

    /// The page behind a cursor, the first one without; nil where no more is wanted.
    func page(_ cursor: String) async throws -> Graph? {
        let limit = count.next(upTo: batchSize)
        guard limit > 0 else { return nil }
        guard ContinuousClock.now < end else {
            throw RESTError(.requestTimeout, "The list was read too slowly; read it faster, or in pages.")
        }
        return try await page([.init("after", .string(cursor))], limit)
    }

    /// The first page.
    func first() async throws -> Graph { try await page(beginning, count.next(upTo: batchSize)) }

    private func page(_ place: [JSONValue.Member], _ limit: Int) async throws -> Graph {
        let paging: [JSONValue.Member] = [.init("limit", .number(String(limit))), .init("page", ["cursor": true])]
        let graph = try await find(.object(members + place + paging))
        count.take(graph.count)
        return graph
    }
}

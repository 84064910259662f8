// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Kinship
import Synchronization

/// How many records are still to come.
final class RecordCount: Sendable {
    private let rest: Mutex<Int>
    private let largest = Mutex(Int.max)

    init(_ count: Int) { rest = Mutex(count) }

    /// How many of them the next page may have.
    func next(upTo batch: Int) -> Int {
        let batch = largest.withLock { min($0, batch) }
        return rest.withLock { min($0, batch) }
    }

    /// Pages of so many are too large: from now on half of it.
    func halve(_ batch: Int) { largest.withLock { $0 = max(1, batch / 2) } }

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
        return try await fitting([.init("after", .string(cursor))])
    }

    /// The first page.
    func first() async throws -> Graph { try await fitting(beginning) }

    /// A page with fewer records where as many are too much at once: what they include decides that.
    private func fitting(_ place: [JSONValue.Member]) async throws -> Graph {
        while true {
            let limit = count.next(upTo: batchSize)
            do {
                return try await page(place, limit)
            } catch  where limit > 1 && ErrorReport(error).code == PostgresError.Code.resultTooLarge.rawValue {
                count.halve(limit)
            }
        }
    }

    private func page(_ place: [JSONValue.Member], _ limit: Int) async throws -> Graph {
        let paging: [JSONValue.Member] = [.init("limit", .number(String(limit))), .init("page", ["cursor": true])]
        let graph = try await find(.object(members + place + paging))
        count.take(graph.count)
        return graph
    }
}

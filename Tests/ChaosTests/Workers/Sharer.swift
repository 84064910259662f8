// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Libpq
import TestSupport

/// One of several tasks that use one connection at the same time.
struct Sharer: Worker {
    /// The connection that they share; a new one when it has broken.
    final class Shared: Sendable {
        private let source: any ReadinessSource
        private let connection = Locked<Connection?>(nil)

        init(_ source: any ReadinessSource) { self.source = source }

        func get(_ world: World) async throws -> Connection {
            if let open = connection.withLock({ $0 }), !open.isClosed { return open }
            let new = try await world.connect(source)
            let (kept, unneeded) = connection.withLock { connection in
                if let open = connection, !open.isClosed { return (open, Connection?.some(new)) }
                connection = new
                return (new, nil)
            }
            unneeded?.close()
            return kept
        }

        func close() {
            let last = connection.withLock { $0.take() }
            last?.close()
        }
    }

    let client: Client
    let shared: Shared

    func step(_ random: inout SeededRandom) async {
        let questions = client.questions(random.number(1...4), &random)
        let timeout: Duration? = random.once(in: 8) ? .milliseconds(random.number(1...40)) : nil
        let client = client
        let shared = shared
        _ = await client.perform(
            // Its statements wait for those of the others.
            "shared connection", statements: 6, cancelledAfter: client.cancellation(once: 5, &random),
            ownCauses: timeout == nil ? [] : [ErrorCode.statementTimeout]
        ) {
            let connection = try await shared.get(client.world)
            if questions.count == 1 {
                let rows = try await connection.execute(try questions[0].statement(), timeout: timeout)
                return try client.look(at: rows, of: questions[0])
            }
            let results = try await connection.pipeline(try questions.map { try $0.statement() }, timeout: timeout)
            for (rows, question) in zip(results, questions) { try client.look(at: rows, of: question) }
        }
    }
}

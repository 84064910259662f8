// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Libpq
import TestSupport

/// Asks what is quick, in a row, as one of more tasks than there are connections: what it asks goes out behind others' on the same one,
/// unless it is cancelled or late, or somebody holds up the table.
struct Neighbour: Worker {
    let client: Client

    func step(_ random: inout SeededRandom) async {
        let client = client
        let shape: Question.Shape = random.once(in: 3) ? .stored : .number
        for _ in 0..<random.number(1...12) {
            let questions = (0..<(random.once(in: 6) ? random.number(2...4) : 1)).map { _ in
                Question(shape, tag: client.history.newToken(), size: Int32(random.number(1...60)))
            }
            let timeout: Duration? = random.once(in: 16) ? .microseconds(random.number(100...20_000)) : nil
            let limits: ResultLimits? = random.once(in: 8) ? ResultLimits(rows: 10) : nil
            let result = await client.perform(
                "neighbour", statements: 2, cancelledAfter: client.cancellation(once: 12, &random),
                ownCauses: timeout == nil ? [] : [ErrorCode.statementTimeout]
            ) {
                let statements = try questions.map { try $0.statement() }
                let results = try await client.pool.pipeline(statements, timeout: timeout, limits: limits)
                for (rows, question) in zip(results, questions) { try client.look(at: rows, of: question) }
            }
            if case .failure = result { return }
        }
    }
}

// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Libpq
import TestSupport

/// Moves amounts between accounts, in transactions of every kind: what has happened of one is all of it.
struct Banker: Worker {
    let client: Client

    private enum Ending: CaseIterable {
        /// Committed.
        case committed
        /// Rolled back by an error of the body.
        case thrown
        /// A savepoint inside is rolled back, the rest committed.
        case savepoint
        /// BEGIN by hand, and never an end: the pool rolls it back.
        case leftOpen
        /// Everything in one round trip, COMMIT too.
        case oneTrip
        /// Run again when it loses.
        case retried
    }

    func step(_ random: inout SeededRandom) async {
        let client = client
        let ending = random.once(in: 2) ? Ending.committed : random.pick(Ending.allCases, .committed)
        let isolation: IsolationLevel? = random.pick([nil, .readCommitted, .repeatableRead, .serializable], nil)
        let rows = transfer(&random)
        let groups = rows.map { row in
            Group(
                row: row,
                entry: (row.account - 1) * Tables.entriesPerAccount + 1
                    + Int32(random.number(0...Int(Tables.entriesPerAccount) - 1)),
                question: Question(tag: client.history.newToken(), &random))
        }
        let isPipelined = random.once(in: 2)
        let attempts = ending == .retried ? 3 : 1
        await client.write(
            "transfer \(ending)", rows, inTransaction: true, statements: attempts * (rows.count * 4 + 2),
            cancelledAfter: client.cancellation(once: 5, &random),
            // They wait for each other, and one of them has to give in.
            ownCauses: [ErrorCode.deadlock, ErrorCode.serialization, Deliberate.code]
        ) {
            try await client.pool.withConnection { connection in
                @Sendable func work(_ connection: Connection) async throws {
                    for group in groups { try await group.run(on: connection, isPipelined, client) }
                }
                switch ending {
                case .committed:
                    try await connection.withTransaction(isolation: isolation, work)
                case .thrown:
                    try await connection.withTransaction(isolation: isolation) { connection in
                        try await work(connection)
                        throw Deliberate()
                    }
                case .savepoint:
                    try await connection.withTransaction(isolation: isolation) { connection in
                        do {
                            try await connection.withTransaction { connection in
                                try await work(connection)
                                throw Deliberate()
                            }
                        } catch is Deliberate {}
                        try await work(connection)
                    }
                case .leftOpen:
                    try await connection.execute(Statement("begin", preparation: .unnamed))
                    try await work(connection)
                    throw Deliberate()
                case .oneTrip:
                    _ = try await connection.pipeline(
                        try groups.flatMap { try $0.statements() }, isolation: isolation ?? .readCommitted)
                case .retried:
                    try await connection.withRetryingTransaction(isolation: isolation, work)
                }
            }
        }
    }

    /// What one account is part of.
    private struct Group: Sendable {
        let row: LedgerRow
        let entry: Int32
        let question: Question

        func statements() throws -> [Statement] {
            [
                try Statement("update account set balance = balance + \(row.amount) where id = \(row.account)" as SQL),
                try Statement("update entry set amount = amount + \(row.amount) where id = \(entry)" as SQL),
                try row.insert(),
            ]
        }

        func run(on connection: Connection, _ isPipelined: Bool, _ client: Client) async throws {
            if isPipelined {
                let results = try await connection.pipeline(try statements() + [try question.statement()])
                return try client.look(at: results[3], of: question)
            }
            for statement in try statements() { try await connection.execute(statement) }
            try client.look(at: try await connection.execute(try question.statement()), of: question)
        }
    }

    /// Two or three accounts, and amounts that are nothing altogether.
    private func transfer(_ random: inout SeededRandom) -> [LedgerRow] {
        let token = client.history.newToken()
        let accounts = Array(1...Tables.accounts).shuffled(using: &random).prefix(random.number(2...3))
        var rest: Int64 = 0
        return accounts.enumerated().map { index, account in
            let amount = index == accounts.count - 1 ? -rest : Int64(random.number(1...1_000))
            rest += amount
            return LedgerRow(token: token, part: Int32(index + 1), account: account, amount: amount)
        }
    }
}

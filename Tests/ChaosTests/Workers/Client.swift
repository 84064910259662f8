// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Libpq
import TestSupport

/// What workers do everything through: it is written down, measured, and perhaps cancelled.
struct Client: Sendable {
    let world: World
    let history: History
    let lane: Lane

    var pool: ConnectionPool { world.pool(lane) }

    /// Runs `body` and writes down how it ended.
    ///
    /// - Parameters:
    ///   - statements: how many may be waited for one after the other.
    ///   - delay: when its task is cancelled, nil for not.
    ///   - ownCauses: the errors it may have without any fault.
    func perform<R: Sendable>(
        _ operation: String, statements: Int, cancelledAfter delay: Duration?, ownCauses: Set<String> = [],
        _ body: @escaping @Sendable () async throws -> R
    ) async -> Result<R, any Error> {
        let number = history.began(operation, on: lane)
        let result: Result<R, any Error>
        if let delay {
            let task = Task { try await body() }
            let killer = Task {
                try await Task.sleep(for: delay)
                task.cancel()
            }
            result = await task.result
            killer.cancel()
        } else {
            do { result = .success(try await body()) } catch { result = .failure(error) }
        }
        let error: (any Error)? = if case .failure(let error) = result { error } else { nil }
        history.ended(
            number, error, within: world.options.limit(statements: statements),
            ownCauses: delay == nil ? ownCauses : ownCauses.union([ErrorCode.cancelled]))
        if (error as? PostgresError)?.code == .connectFailed {
            // Told at once while the server is down; else most of a run would be such errors.
            try? await Task.sleep(for: .milliseconds(40))
        }
        return result
    }

    /// Performs what writes, all or nothing, and writes down what is known of it then.
    func write(
        _ operation: String, _ rows: [LedgerRow], inTransaction: Bool, statements: Int, cancelledAfter delay: Duration?,
        ownCauses: Set<String> = [], _ body: @escaping @Sendable () async throws -> Void
    ) async {
        guard let token = rows.first?.token else { return }
        history.asked(Write(worker: "\(operation) on \(lane)", rows: rows))
        switch await perform(operation, statements: statements, cancelledAfter: delay, ownCauses: ownCauses, body) {
        case .success: history.answered(token, .acknowledged)
        case .failure(let error):
            history.answered(
                token, Write.Outcome(error, inTransaction: inTransaction), reason: ErrorCode.of(error) ?? "\(error)")
        }
    }

    /// Looks at the answer to a question.
    func look(at rows: RowSet, of question: Question) throws {
        history.saw(Judge.finding(question, answer: try Question.cells(of: rows)))
    }

    func questions(_ count: Int, _ random: inout SeededRandom) -> [Question] {
        (0..<count).map { _ in Question(tag: history.newToken(), &random) }
    }

    /// When a task is cancelled, once in `times`: often while the request is under way.
    func cancellation(once times: Int, _ random: inout SeededRandom) -> Duration? {
        random.once(in: times) ? .microseconds(random.number(0...(random.once(in: 2) ? 3_000 : 30_000))) : nil
    }

    /// Rows of a write of its own that move nothing.
    func newRows(_ count: Int) -> [LedgerRow] {
        let token = history.newToken()
        return (1...Int64(count)).map {
            LedgerRow(token: token, part: Int32($0), account: 0, amount: Question.mixed(token + $0))
        }
    }
}

extension LedgerRow {
    /// Puts it into the ledger, and returns its token.
    func insert() throws -> Statement {
        try Statement("insert into ledger values (\(token), \(part), \(account), \(amount)) returning token" as SQL)
    }
}

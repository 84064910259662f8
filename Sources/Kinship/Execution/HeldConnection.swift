// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Libpq

/// The connection of a transaction, for as long as that lasts: what is asked of it too late, or out of turn, is told so.
///
/// Operations of several tasks take turns on the connection, statement by statement. While a transaction inside of this one is
/// open only that one may be used: what is sent through the outer one would be part of the inner one, and undone with it.
final class HeldConnection: Sendable {
    private struct State {
        var isOpen = true
        /// Whether there is a transaction inside.
        var isNested = false
        /// Operations under way.
        var operations = 0
        /// Who waits for these to end.
        var waiting: CheckedContinuation<Void, Never>?
        /// How often something may have been changed.
        var changes = 0
        /// Why it can only be rolled back, where half of an operation has happened.
        var fault: String?
    }

    private let own: Connection
    private let state = Locked(State())
    /// What is to happen when the transaction has ended; nil where nobody can ask for it.
    let ends: TransactionEnds?

    init(_ connection: Connection, ends: TransactionEnds? = nil) {
        own = connection
        self.ends = ends
    }

    /// The connection, while it is the transaction's.
    ///
    /// - Throws: ``PostgresError`` `MISUSE` after its end, and while there is a transaction inside of it.
    var connection: Connection {
        get throws {
            try state.withLock { try Self.check($0) }
            return own
        }
    }

    private static func check(_ state: State) throws(PostgresError) {
        guard state.isOpen else {
            throw PostgresError(
                .misuse,
                "The transaction has ended with the body that it was given to; what is to be part of it has to be awaited "
                    + "there.")
        }
        guard !state.isNested else {
            throw PostgresError(
                .misuse,
                "A transaction inside of this one is open: use the one that its body is given, and this one again when it "
                    + "has ended.")
        }
        if let fault = state.fault { throw PostgresError(.misuse, fault) }
    }

    /// How often something may have been changed so far.
    var changes: Int { state.withLock { $0.changes } }

    /// Remembers that something may be changed.
    func noteChange() { state.withLock { $0.changes += 1 } }

    /// Lets nothing more happen but its end, which undoes it: half of an operation has happened.
    func fail(_ fault: String) { state.withLock { $0.fault = $0.fault ?? fault } }

    /// Refuses to commit half of an operation.
    ///
    /// - Throws: ``PostgresError`` `MISUSE`.
    func requireWhole() throws(PostgresError) {
        if let fault = state.withLock({ $0.fault }) { throw PostgresError(.misuse, fault) }
    }

    /// Runs an operation, which the transaction's end waits for.
    func use<R>(isolation: isolated (any Actor)? = #isolation, _ body: () async throws -> R) async throws -> R {
        try state.withLock { state in
            try Self.check(state)
            state.operations += 1
        }
        defer { finish() }
        return try await body()
    }

    private func finish() {
        let waiting = state.withLock { state -> CheckedContinuation<Void, Never>? in
            state.operations -= 1
            return state.operations == 0 ? state.waiting.take() : nil
        }
        waiting?.resume()
    }

    /// Runs a transaction inside of this one.
    ///
    /// - Throws: what the body throws; ``PostgresError`` `MISUSE` when there is one already, or an operation is under way.
    func nest<R>(
        isolation: isolated (any Actor)? = #isolation, _ body: (Connection) async throws -> R
    ) async throws -> R {
        try state.withLock { state in
            try Self.check(state)
            guard state.operations == 0 else {
                throw PostgresError(
                    .misuse,
                    "An operation of this transaction is under way: one inside of it can begin when it has ended.")
            }
            state.isNested = true
        }
        defer { state.withLock { $0.isNested = false } }
        return try await body(own)
    }

    /// Lets nothing more begin, and waits for what is under way.
    func end() async {
        await withCheckedContinuation { continuation in
            let isIdle = state.withLock { state in
                state.isOpen = false
                guard state.operations > 0 else { return true }
                state.waiting = continuation
                return false
            }
            if isIdle { continuation.resume() }
        }
    }
}

// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

/// What is to happen when a transaction has ended: once, whether it was committed or rolled back.
final class TransactionEnds: Sendable {
    /// How it ended.
    enum Outcome: Sendable {
        case committed
        case rolledBack(any Error)
    }

    typealias Action = @Sendable (Outcome) async -> Void

    private struct Entry {
        let action: Action
        /// Set where it was part of a savepoint that was undone, whatever became of the rest.
        var undoneBy: (any Error)?
    }

    private let entries = Locked<[Entry]>([])

    /// Adds what is to happen.
    func add(_ action: @escaping Action) { entries.withLock { $0.append(Entry(action: action)) } }

    /// Takes over what belongs to a transaction inside that has ended.
    ///
    /// - Parameter error: why it was undone; nil where it stays.
    func take(_ inner: TransactionEnds, undoneBy error: (any Error)?) {
        var moved = inner.entries.withLock { entries in
            defer { entries = [] }
            return entries
        }
        guard !moved.isEmpty else { return }
        if let error { for index in moved.indices { moved[index].undoneBy = moved[index].undoneBy ?? error } }
        let all = moved
        entries.withLock { $0 += all }
    }

    /// Does all of it, in its order; each action once.
    ///
    /// - Parameter outcome: nil where nobody knows: nothing happens then.
    /// - Returns: how many there were.
    @discardableResult
    func run(_ outcome: Outcome?) async -> Int {
        let due = entries.withLock { entries in
            defer { entries = [] }
            return entries
        }
        guard let outcome, !due.isEmpty else { return due.count }
        // What has happened has happened, also to a task that has been cancelled since.
        await Task {
            for entry in due { await entry.action(entry.undoneBy.map { .rolledBack($0) } ?? outcome) }
        }.value
        return due.count
    }
}

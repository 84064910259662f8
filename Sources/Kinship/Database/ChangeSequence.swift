// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

/// The changes of a model, as they are committed: see ``Database/changes(of:)``.
///
/// ```swift
/// for try await event in database.changes(of: "Order") {
///     switch event {
///     case .change(let change): print(change.kind, change.key)
///     case .gap(let reason): print("read anew:", reason)
///     }
/// }
/// ```
///
/// It is a value: it can be iterated again and by several tasks; all share one connection.
public struct ChangeSequence: AsyncSequence, Sendable {
    /// A change, or that some may be missing.
    public typealias Element = ChangeEvent
    /// What can go wrong: ``ChangeError``, also later, within a minute after the triggers have gone; ``PlannerError`` `UNKNOWN_MODEL`,
    /// `UNSUPPORTED` for a model without a table with a key, and for one whose key or `tenant` is a secret, and
    /// `TENANT_REQUIRED` where nobody has said whose records are meant; ``PostgresError`` where the connection is refused for good.
    public typealias Failure = any Error

    let database: Database
    let model: String
    /// How many events are kept until they are taken; those beyond are dropped and told as a gap.
    public var bufferLimit = 1_024

    init(_ database: Database, _ model: String) {
        self.database = database
        self.model = model
    }

    /// Begins to listen when the first event is asked for.
    public func makeAsyncIterator() -> AsyncIterator { AsyncIterator(sequence: self) }

    /// Hands out one event after the other.
    public struct AsyncIterator: AsyncIteratorProtocol {
        private let sequence: ChangeSequence
        private var subscription: ChangeSubscription?
        private var isOver = false

        fileprivate init(sequence: ChangeSequence) { self.sequence = sequence }

        /// Waits for the next event.
        ///
        /// - Returns: nil when the task is cancelled or the database closed.
        /// - Throws: see ``ChangeSequence/Failure``.
        public mutating func next() async throws -> ChangeEvent? {
            guard !isOver else { return nil }
            do {
                let known: ChangeSubscription
                if let subscription {
                    known = subscription
                } else {
                    known = try await sequence.database.subscription(to: sequence.model, limit: sequence.bufferLimit)
                    subscription = known
                }
                while let events = try await known.mailbox.next(1) {
                    if let event = events.first { return event }
                }
            } catch {
                (isOver, subscription) = (true, nil)
                throw error
            }
            (isOver, subscription) = (true, nil)
            return nil
        }
    }
}

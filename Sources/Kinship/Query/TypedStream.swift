// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import RelationPlanner

extension TypedQuery {
    /// The records one at a time, in batches that are fetched as they are pulled: for answers larger than memory.
    ///
    /// ```swift
    /// for try await order in try database.query(Order.self).include(\.items).stream() { print(order.total) }
    /// ```
    ///
    /// ``GraphStream`` says how long it holds a connection.
    ///
    /// - Throws: ``PlannerError``, before anything is sent.
    /// - Note: Nothing is sent until the first record is pulled; then as ``Session/stream(_:scopes:filter:batchSize:fileID:line:)``.
    public func stream(
        batchSize: Int = 1000, fileID: StaticString = #fileID, line: UInt = #line
    ) throws -> TypedStream<Record> {
        TypedStream(
            batches: try session.stream(
                model, scopes: scopes, filter: try filter, batchSize: batchSize, fileID: fileID, line: line))
    }
}

/// The records of a query, fetched in batches as they are pulled.
public struct TypedStream<Record: TypedModel>: AsyncSequence, Sendable {
    /// One record.
    public typealias Element = Record
    /// What can go wrong: as ``GraphStream``, and ``ModelError``.
    public typealias Failure = any Error

    let batches: GraphStream

    /// An iterator at the beginning; nothing is sent until it is pulled.
    public func makeAsyncIterator() -> Iterator { Iterator(batches: batches.makeAsyncIterator()) }

    /// Pulls the records.
    public struct Iterator: AsyncIteratorProtocol {
        /// Let go of at the end, and with it the connection.
        @usableFromInline var batches: GraphStream.Iterator?
        @usableFromInline var records: [Record] = []
        @usableFromInline var position = 0

        init(batches: GraphStream.Iterator) { self.batches = batches }

        /// The next record, nil after the last one and after an error.
        @inlinable
        public mutating func next(isolation actor: isolated (any Actor)?) async throws -> Record? {
            do {
                while position == records.count {
                    records = []
                    position = 0
                    guard let graph = try await batches?.next(isolation: actor) else {
                        batches = nil
                        return nil
                    }
                    records = try graph.records()
                }
                position += 1
                return records[position - 1]
            } catch {
                records = []
                position = 0
                batches = nil
                throw error
            }
        }
    }
}

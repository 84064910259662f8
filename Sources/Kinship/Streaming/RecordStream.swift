// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

/// The records of a stream one at a time, each as a JSON object with its included relations.
///
/// ```swift
/// for try await record in try database.stream("Customer", filter: ["include": "orders"]).records {
///     print(String(decoding: record, as: UTF8.self))
/// }
/// ```
///
/// They come out of the batches of a ``GraphStream``, whose rules hold: one batch is held, and the next one is fetched when
/// the first of its records is pulled.
public struct RecordStream: AsyncSequence, Sendable {
    /// One record as JSON.
    public typealias Element = [UInt8]
    /// What can go wrong: as ``GraphStream``, and ``PostgresError`` `DECODING_FAILED`.
    public typealias Failure = any Error

    private let batches: GraphStream

    init(_ batches: GraphStream) { self.batches = batches }

    /// An iterator at the beginning; nothing is sent until it is pulled.
    public func makeAsyncIterator() -> Iterator { Iterator(batches: batches.makeAsyncIterator()) }

    /// Pulls the records.
    public struct Iterator: AsyncIteratorProtocol {
        /// Let go of at the end, and with it the connection.
        private var batches: GraphStream.Iterator?
        private var graph: Graph?
        private var row = 0

        init(batches: GraphStream.Iterator) { self.batches = batches }

        /// The next record, nil after the last one and after an error.
        ///
        /// - Throws: as ``GraphStream/Iterator/next(isolation:)``; ``PostgresError`` `DECODING_FAILED` when a cell is not a
        ///   value of its column's type.
        public mutating func next(isolation actor: isolated (any Actor)?) async throws -> [UInt8]? {
            do {
                while true {
                    if let graph, row < graph.count {
                        row += 1
                        return try graph.json(row: row - 1)
                    }
                    // Let go of before the next one is fetched: two at once would be twice the memory.
                    graph = nil
                    row = 0
                    graph = try await batches?.next(isolation: actor)
                    if graph == nil { return nil }
                }
            } catch {
                graph = nil
                batches = nil
                throw error
            }
        }
    }
}

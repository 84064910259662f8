// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Libpq
import RelationPlanner

/// A graph's JSON in pieces, each written when it is pulled: for answers that are not to be held as one array, and for consumers
/// that push back.
///
/// ```swift
/// for try await piece in graph.jsonPieces() { try await response.write(piece) }
/// ```
///
/// Put together, the pieces are what ``Graph/json()`` gives. One piece is held at a time, beside the graph. It is a value: it can be
/// iterated again, each time from the start.
public struct JSONPieces: AsyncSequence, Sendable {
    /// Some bytes of the JSON, at least one.
    public typealias Element = [UInt8]
    /// What can go wrong: ``PostgresError`` `RESULT_TOO_LARGE`, `DECODING_FAILED` and `OUT_OF_MEMORY`; `CancellationError`.
    public typealias Failure = any Error

    /// What is written.
    enum Form: Sendable {
        case array, lines, records
        case related(node: Node.ID)
        /// The first of what a relation leads to, without brackets.
        case first(Int, ofNode: Node.ID)
    }

    let graph: Graph
    let form: Form
    let size: Int
    let options: JSONOptions?

    init(_ graph: Graph, _ form: Form, size: Int, _ options: JSONOptions?) {
        self.graph = graph
        self.form = form
        self.size = Swift.min(Swift.max(1, size), 1 << 30)
        self.options = options
    }

    /// An iterator at the beginning.
    public func makeAsyncIterator() -> Iterator { Iterator(self) }

    /// Writes the pieces. Its copies share one place in the JSON.
    public struct Iterator: AsyncIteratorProtocol {
        private final class State {
            var writer: GraphWriter
            var hasBegun = false
            var hasEnded = false

            init(_ pieces: JSONPieces) {
                writer = GraphWriter(pieces.graph, capacity: pieces.size + 4096, pieces.options)
            }
        }

        private let pieces: JSONPieces
        private let state: State

        init(_ pieces: JSONPieces) {
            self.pieces = pieces
            state = State(pieces)
        }

        /// The next piece, nil after the last one and after an error.
        ///
        /// - Throws: ``PostgresError`` `RESULT_TOO_LARGE`: for too many records before the first piece, for too many bytes in front
        ///   of the piece that would be one too many; `DECODING_FAILED` when a cell is not a value of its column's type.
        public mutating func next(isolation actor: isolated (any Actor)?) async throws -> [UInt8]? {
            guard !state.hasEnded else { return nil }
            do {
                try Task.checkCancellation()
                if !state.hasBegun {
                    state.hasBegun = true
                    try begin()
                }
                let piece = try state.writer.piece(of: pieces.size)
                state.hasEnded = piece == nil
                return piece
            } catch {
                state.hasEnded = true
                if let error = error as? PostgresError, error.code == .cancelled { throw CancellationError() }
                throw error
            }
        }

        private func begin() throws {
            switch pieces.form {
            case .array:
                try WrittenRecords.check(pieces.graph)
                state.writer.beginArray()
            case .lines:
                try WrittenRecords.check(pieces.graph)
                state.writer.beginLines()
            case .records:
                try WrittenRecords.check(pieces.graph)
                state.writer.beginRecords()
            case .related(let node):
                try WrittenRecords.check(pieces.graph, valueOf: node)
                try state.writer.begin(valueOf: node, ofParentRow: 0)
            case .first(let count, let node):
                try WrittenRecords.check(pieces.graph, valueOf: node)
                state.writer.begin(first: count, of: node)
            }
        }
    }
}

// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import RelationPlanner

/// Records as text, in pieces that are fetched and written when they are pulled.
///
/// ```swift
/// for try await piece in try database.exportRecords(of: "Order", format: .csv) { try file.write(contentsOf: piece) }
/// ```
///
/// What it is made of is a ``GraphStream``, whose rules hold: it takes a connection while it is pulled, shows the database as it was at
/// the first pull, and holds one batch at most.
public struct RecordExport: AsyncSequence, Sendable {
    /// A piece of the text; records may go on in the next one.
    public typealias Element = [UInt8]
    /// What can go wrong: as ``GraphStream``, and ``PostgresError`` of writing.
    public typealias Failure = any Error

    let stream: GraphStream
    /// Writes CSV; nil where lines of JSON are asked for.
    let csv: CSVWriter?

    /// An iterator at the beginning; nothing is sent until it is pulled.
    public func makeAsyncIterator() -> Iterator {
        Iterator(batches: stream.makeAsyncIterator(), csv: csv, needsHeader: csv != nil)
    }

    /// Pulls the pieces.
    public struct Iterator: AsyncIteratorProtocol {
        /// Let go of at the end, and with it the connection.
        private var batches: GraphStream.Iterator?
        private var pieces: JSONPieces.Iterator?
        private let csv: CSVWriter?
        private var needsHeader: Bool

        init(batches: GraphStream.Iterator, csv: CSVWriter?, needsHeader: Bool) {
            self.batches = batches
            self.csv = csv
            self.needsHeader = needsHeader
        }

        /// The next piece, nil after the last one and after an error.
        ///
        /// - Throws: as ``GraphStream/Iterator/next(isolation:)``; ``PostgresError`` as ``Graph/jsonLines(_:)``.
        public mutating func next(isolation actor: isolated (any Actor)?) async throws -> [UInt8]? {
            do {
                while true {
                    if let piece = try await pieces?.next(isolation: actor) { return piece }
                    // Let go of before the next one is fetched: two at once would be twice the memory.
                    pieces = nil
                    guard let graph = try await batches?.next(isolation: actor) else {
                        batches = nil
                        defer { needsHeader = false }
                        return needsHeader ? csv?.header : nil
                    }
                    guard let csv else {
                        pieces = graph.jsonLinePieces().makeAsyncIterator()
                        continue
                    }
                    var text = needsHeader ? csv.header : []
                    needsHeader = false
                    csv.write(lines: try graph.jsonLines(), to: &text)
                    return text
                }
            } catch {
                (batches, pieces) = (nil, nil)
                throw error
            }
        }
    }
}

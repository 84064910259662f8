// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Kinship

/// The JSON array of a list that is read page by page: one page is held, and between two of them no connection.
actor ListPieces: PieceSource {
    private enum State {
        case begun(JSONPieces.Iterator, cursor: String?)
        /// Behind the last page.
        case closing
        case ended
    }

    private var state: State
    /// What stands ahead of the next piece: the bracket, or a comma.
    private var prefix: UInt8? = UInt8(ascii: "[")
    private let more: @Sendable (_ cursor: String) async throws -> Graph?
    private let held: HeldBytes
    /// That of the page.
    private var share: HeldBytes.Share?

    /// - Parameters:
    ///   - first: the first page.
    ///   - held: what long answers hold together.
    ///   - more: the page behind a cursor, nil where no more is wanted.
    /// - Throws: ``RESTError`` `OVERLOADED`.
    init(
        _ first: Graph, _ held: HeldBytes, _ more: @escaping @Sendable (_ cursor: String) async throws -> Graph?
    ) throws {
        state = .begun(first.recordPieces().makeAsyncIterator(), cursor: first.nextCursor)
        self.held = held
        share = try held.take(first.memorySize)
        self.more = more
    }

    func next() async throws -> [UInt8]? {
        do {
            while case .begun(_, let cursor) = state {
                if let piece = try await pieceOfPage() { return joined(piece) }
                if prefix == nil { prefix = UInt8(ascii: ",") }
                // Let go of before the next one is fetched: two at once would be twice the memory.
                state = .closing
                share = nil
                if let cursor, let page = try await more(cursor) {
                    share = try held.take(page.memorySize)
                    state = .begun(page.recordPieces().makeAsyncIterator(), cursor: page.nextCursor)
                }
            }
        } catch {
            state = .ended
            throw error
        }
        guard case .closing = state else { return nil }
        state = .ended
        return prefix == UInt8(ascii: "[") ? Array("[]".utf8) : [UInt8(ascii: "]")]
    }

    private func pieceOfPage() async throws -> [UInt8]? {
        // Copies of an iterator share one place in the JSON.
        guard case .begun(var iterator, _) = state else { return nil }
        return try await iterator.next(isolation: self)
    }

    private func joined(_ piece: [UInt8]) -> [UInt8] {
        guard let byte = prefix else { return piece }
        prefix = nil
        return [byte] + piece
    }
}

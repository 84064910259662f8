// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Kinship

/// The JSON array of a list that is read page by page: one page is held, and between two of them no connection.
actor ListPieces<Place: Sendable>: PieceSource {
    private enum State {
        case begun(JSONPieces.Iterator, next: Place?)
        /// Behind the last page.
        case closing
        case ended
    }

    private var state: State
    /// What stands ahead of the next piece: the bracket, or a comma.
    private var prefix: UInt8? = UInt8(ascii: "[")
    private let more: @Sendable (Place) async throws -> ListPage<Place>?
    private let held: HeldBytes
    /// That of the page.
    private var share: HeldBytes.Share?

    /// - Parameters:
    ///   - first: the first page.
    ///   - held: what long answers hold together.
    ///   - more: the page at a place, nil where no more is wanted.
    /// - Throws: ``RESTError`` `OVERLOADED`.
    init(
        _ first: ListPage<Place>, _ held: HeldBytes,
        _ more: @escaping @Sendable (Place) async throws -> ListPage<Place>?
    ) throws {
        state = .begun(first.records.makeAsyncIterator(), next: first.next)
        self.held = held
        share = try held.take(first.memorySize)
        self.more = more
    }

    func next() async throws -> [UInt8]? {
        do {
            while case .begun(_, let next) = state {
                if let piece = try await pieceOfPage() { return joined(piece) }
                if prefix == nil { prefix = UInt8(ascii: ",") }
                // Let go of before the next one is fetched: two at once would be twice the memory.
                state = .closing
                share = nil
                if let next, let page = try await more(next) {
                    share = try held.take(page.memorySize)
                    state = .begun(page.records.makeAsyncIterator(), next: page.next)
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

// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Kinship

/// The JSON of a graph that is there.
actor GraphPieces: PieceSource {
    private let iterator: JSONPieces.Iterator

    private let share: HeldBytes.Share?

    /// - Parameter share: the memory of the rows, which is held as long as this is.
    init(_ pieces: JSONPieces, _ share: HeldBytes.Share? = nil) {
        iterator = pieces.makeAsyncIterator()
        self.share = share
    }

    func next() async throws -> [UInt8]? {
        // Its copies share one place in the JSON.
        var iterator = iterator
        return try await iterator.next(isolation: self)
    }
}

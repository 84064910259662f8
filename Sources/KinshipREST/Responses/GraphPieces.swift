// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Kinship

/// The JSON of a graph that is there.
actor GraphPieces: PieceSource {
    private let iterator: JSONPieces.Iterator

    init(_ pieces: JSONPieces) { iterator = pieces.makeAsyncIterator() }

    func next() async throws -> [UInt8]? {
        // Its copies share one place in the JSON.
        var iterator = iterator
        return try await iterator.next(isolation: self)
    }
}

// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

/// Gives the bytes of an answer in pieces, each made when it is asked for.
protocol PieceSource: Actor {
    /// The next piece, nil after the last one.
    func next() async throws -> [UInt8]?
}

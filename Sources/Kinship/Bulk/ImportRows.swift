// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

/// The data of one COPY, made while they are sent: of records that all have the same columns, or of any where they are staged.
struct ImportRows: AsyncSequence, AsyncIteratorProtocol {
    typealias Element = [UInt8]

    /// How many bytes are handed over at a time, about.
    private static let size = 64 << 10

    let run: ImportRun
    /// The columns of the rows; nil where rows of any go in.
    let set: ColumnSet?
    private var hasBegun = false
    private var hasEnded = false

    init(_ run: ImportRun, _ set: ColumnSet?) {
        self.run = run
        self.set = set
    }

    func makeAsyncIterator() -> ImportRows { self }

    mutating func next() async throws -> [UInt8]? { try await next(isolation: nil) }

    mutating func next(isolation: isolated (any Actor)?) async throws -> [UInt8]? {
        guard !hasEnded else { return nil }
        var piece: [UInt8] = []
        piece.reserveCapacity(Self.size + 4096)
        if !hasBegun { piece += ImportChunk.header }
        hasBegun = true
        while piece.count < Self.size {
            let isThere = run.chunk.isFull ? false : try run.nextRow()
            guard let isThere else {
                try await run.fetch(isolation: isolation)
                continue
            }
            guard isThere, set == nil || run.encoder.set == set else {
                hasEnded = true
                piece += ImportChunk.trailer
                break
            }
            try run.take(into: &piece, isStaged: set == nil)
        }
        run.tell(.reading)
        return piece
    }
}

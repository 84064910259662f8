// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

/// Pieces on their way through a compressor.
actor CompressedPieces: PieceSource {
    private let source: RESTResponseBody
    private let compressor: any ResponseCompressor
    private var iterator: RESTResponseBody.Iterator?
    private var stream: (any CompressionStream)?
    private var hasEnded = false

    init(_ source: RESTResponseBody, _ compressor: any ResponseCompressor) {
        (self.source, self.compressor) = (source, compressor)
    }

    func next() async throws -> [UInt8]? {
        guard !hasEnded else { return nil }
        let stream = try stream ?? compressor.begin()
        self.stream = stream
        while let piece = try await pulled() {
            let bytes = try stream.compress(piece)
            if !bytes.isEmpty { return bytes }
        }
        hasEnded = true
        return try stream.finish()
    }

    private func pulled() async throws -> [UInt8]? {
        var iterator = iterator ?? source.makeAsyncIterator()
        let piece = try await iterator.next()
        self.iterator = iterator
        return piece
    }
}

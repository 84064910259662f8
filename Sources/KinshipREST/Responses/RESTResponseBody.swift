// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

/// The body of an answer: bytes that are there, or pieces that are made as they are pulled.
///
/// ```swift
/// for try await piece in response.body { try await connection.write(piece) }
/// ```
///
/// Nothing is fetched ahead of what is pulled, and between two pieces no connection of the pool is held, so that a slow reader
/// keeps nothing but memory of one batch. It can be iterated once.
public struct RESTResponseBody: AsyncSequence, Sendable {
    /// Some bytes.
    public typealias Element = [UInt8]
    /// What can go wrong after the head was sent: the connection is to be closed then.
    public typealias Failure = any Error

    private let bytes: [UInt8]
    private let rest: (any PieceSource)?
    /// What is held until the body is let go of.
    private var place: InFlight.Place?
    /// When its reader has to be through.
    private var end: ContinuousClock.Instant?

    /// A body that is there; empty for none.
    public init(_ bytes: [UInt8] = []) {
        self.bytes = bytes
        rest = nil
    }

    /// A body whose beginning is there.
    init(_ bytes: [UInt8], _ rest: any PieceSource) {
        self.bytes = bytes
        self.rest = rest
    }

    /// A body of pieces, all of which are taken where they aren't more than the limit.
    static func taking(_ pieces: any PieceSource, upTo limit: Int) async throws -> RESTResponseBody {
        var bytes: [UInt8] = []
        while let piece = try await pieces.next() {
            if bytes.isEmpty { bytes = piece } else { bytes += piece }
            if bytes.count > limit { return RESTResponseBody(bytes, pieces) }
        }
        return RESTResponseBody(bytes)
    }

    /// All of it, where it is there.
    public var whole: [UInt8]? { rest == nil ? bytes : nil }

    /// How many bytes it has, nil where that isn't known yet.
    public var length: Int? { rest == nil ? bytes.count : nil }

    /// The same, whose request is under way until it is let go of.
    ///
    /// - Parameter end: when its reader has to be through, whatever it is made of.
    func holding(_ place: InFlight.Place, until end: ContinuousClock.Instant) -> RESTResponseBody {
        var body = self
        (body.place, body.end) = (place, end)
        return body
    }

    /// An iterator at the beginning.
    public func makeAsyncIterator() -> Iterator {
        Iterator(bytes: bytes.isEmpty ? nil : bytes, rest: rest, place: place, end: end)
    }

    /// Pulls the pieces.
    public struct Iterator: AsyncIteratorProtocol, Sendable {
        fileprivate var bytes: [UInt8]?
        fileprivate let rest: (any PieceSource)?
        fileprivate let place: InFlight.Place?
        fileprivate let end: ContinuousClock.Instant?

        fileprivate init(
            bytes: [UInt8]?, rest: (any PieceSource)?, place: InFlight.Place?, end: ContinuousClock.Instant?
        ) {
            self.bytes = bytes
            self.rest = rest
            self.place = place
            self.end = end
        }

        /// The next piece, nil after the last one.
        ///
        /// - Throws: what fetching a batch throws; ``RESTError`` `REQUEST_TIMEOUT` for a reader that takes too long; `CancellationError`.
        public mutating func next() async throws -> [UInt8]? {
            if let first = bytes {
                bytes = nil
                return first
            }
            guard let rest else { return nil }
            if let end, ContinuousClock.now >= end {
                throw RESTError(.requestTimeout, "The answer was read too slowly; read it faster, or in pages.")
            }
            return try await rest.next()
        }
    }
}

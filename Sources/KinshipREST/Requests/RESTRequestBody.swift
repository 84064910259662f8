// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Kinship

/// The body of a request, read as it arrives.
///
/// ```swift
/// let response = await service.respond(to: request, body: RESTRequestBody(pieces))
/// ```
///
/// It is read once, by the route that needs it, and no further than a request's body may be large.
public struct RESTRequestBody: Sendable {
    /// Reads everything; nil when it is more than the limit.
    private let read: @Sendable (_ limit: Int) async throws -> [UInt8]?

    /// No body.
    public static let empty = RESTRequestBody([])

    /// A body that is there.
    public init(_ bytes: [UInt8]) {
        read = { limit in bytes.count <= limit ? bytes : nil }
    }

    /// A body that arrives in pieces.
    ///
    /// - Parameter pieces: an asynchronous sequence of pieces, which is iterated once at most.
    public init<Pieces: AsyncSequence & Sendable>(_ pieces: Pieces) where Pieces.Element: Collection<UInt8> {
        read = { limit in
            var bytes: [UInt8] = []
            for try await piece in pieces {
                guard bytes.count + piece.count <= limit else { return nil }
                bytes.append(contentsOf: piece)
            }
            return bytes
        }
    }

    /// All of it.
    ///
    /// - Throws: ``RESTError`` `BODY_TOO_LARGE`, and `INVALID_BODY` for one that breaks off; `CancellationError`.
    func bytes(upTo limit: Int) async throws -> [UInt8] {
        let read: [UInt8]?
        do {
            read = try await self.read(limit)
        } catch let error where error is CancellationError || error is any ReportableError {
            throw error
        } catch {
            // Whatever a server has for it: a chunk that can't be read, a connection that broke off.
            throw RESTError(.invalidBody, "The body could not be read to its end; send it once more.")
        }
        guard let bytes = read else {
            throw RESTError(
                .bodyTooLarge, "The body has more than the \(limit) bytes that one may have; send less at once.")
        }
        return bytes
    }
}

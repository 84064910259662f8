// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

#if Hummingbird
import HTTPTypes
import Hummingbird
import NIOCore
import Synchronization

/// How much of a request's body has been read.
final class BodyProgress: Sendable {
    private let hasBegun = Atomic(false)
    private let hasEnded: Atomic<Bool>
    private let isShort: Bool

    init(_ head: HTTPRequest) {
        let length = head.headerFields[.contentLength]
        let isThere = head.headerFields[.transferEncoding] != nil || (length != nil && length != "0")
        hasEnded = Atomic(!isThere)
        // Who waits for leave to send sends nothing.
        isShort = head.headerFields[.expect] == nil && length.flatMap { Int($0) }.map { $0 <= 65_536 } == true
    }

    /// Whether some of it may still be on its way.
    var isLeft: Bool { !hasEnded.load(ordering: .relaxed) }

    /// Whether it is a short one that nobody has asked for: it is likely to be there.
    var isShortAndUnread: Bool { isLeft && isShort && !hasBegun.load(ordering: .relaxed) }

    func begin() { hasBegun.store(true, ordering: .relaxed) }
    func end() { hasEnded.store(true, ordering: .relaxed) }
}

/// The pieces of a request's body, and whether they have been read to the end.
struct WatchedBody: AsyncSequence, Sendable {
    typealias Element = ByteBufferView

    let base: RequestBody
    let progress: BodyProgress

    func makeAsyncIterator() -> Iterator {
        progress.begin()
        return Iterator(base: base.makeAsyncIterator(), progress: progress)
    }

    struct Iterator: AsyncIteratorProtocol {
        fileprivate var base: RequestBody.AsyncIterator
        fileprivate let progress: BodyProgress

        mutating func next() async throws -> ByteBufferView? {
            guard let buffer = try await base.next() else {
                progress.end()
                return nil
            }
            return buffer.readableBytesView
        }
    }
}
#endif

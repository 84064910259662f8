// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Dispatch

#if canImport(Darwin)
import Darwin
#elseif canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

/// Reads keys of a terminal in ``RawMode``, off the cooperative threads.
actor KeyReader {
    /// So long after an Escape its rest would have come, in milliseconds.
    private static let patience: CInt = 60

    private let descriptor: CInt
    private let wake: CInt
    private let queue = DispatchQueue(label: "kinship.keys")
    private var decoder = KeyDecoder()
    private var isAtEnd = false

    /// - Parameters:
    ///   - descriptor: the terminal.
    ///   - wake: what ends a read that waits, when it gets readable.
    init(_ descriptor: CInt = 0, wake: CInt) {
        self.descriptor = descriptor
        self.wake = wake
    }

    /// Whether more was typed already: what is pasted needn't be shown letter by letter.
    var isPending: Bool { decoder.hasKey }

    /// The next key; nil when the terminal is gone.
    ///
    /// - Throws: `CancellationError` when it was woken.
    func next() async throws -> Key? {
        while true {
            if let key = decoder.next(isAll: isAtEnd) { return key }
            if isAtEnd { return nil }
            let bytes = try await read(upTo: decoder.isInside ? Self.patience : -1)
            switch bytes {
            case nil: if let key = decoder.next(isAll: true) { return key }
            case .some(let bytes):
                isAtEnd = bytes.isEmpty
                decoder.append(bytes)
            }
        }
    }

    /// What comes next; empty at the end, nil when nothing came in time.
    private func read(upTo time: CInt) async throws -> [UInt8]? {
        let (descriptor, wake) = (descriptor, wake)
        return try await withCheckedThrowingContinuation { continuation in
            queue.async { continuation.resume(with: Result { try Self.readBlocking(descriptor, wake, time) }) }
        }
    }

    private static func readBlocking(_ descriptor: CInt, _ wake: CInt, _ time: CInt) throws -> [UInt8]? {
        while true {
            var polled = [
                pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0),
                pollfd(fd: wake, events: Int16(POLLIN), revents: 0),
            ]
            let ready = poll(&polled, nfds_t(polled.count), time)
            if ready < 0, errno == EINTR { continue }
            if polled[1].revents != 0 { throw CancellationError() }
            if ready == 0 { return nil }
            var bytes = [UInt8](repeating: 0, count: 1024)
            #if canImport(Darwin)
            let count = Darwin.read(descriptor, &bytes, bytes.count)
            #elseif canImport(Glibc)
            let count = Glibc.read(descriptor, &bytes, bytes.count)
            #else
            let count = Musl.read(descriptor, &bytes, bytes.count)
            #endif
            if count < 0, errno == EINTR || errno == EAGAIN { continue }
            // A terminal that was hung up can't be read: that is its end.
            return Array(bytes.prefix(max(count, 0)))
        }
    }
}

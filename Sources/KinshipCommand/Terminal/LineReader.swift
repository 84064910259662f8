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

/// Reads standard input line by line, off the cooperative threads. A signal, or the reader of the output going away, ends
/// a read that waits.
actor LineReader {
    /// One line, without its end.
    enum Line {
        case text([UInt8])
        /// Longer than a line may be; its bytes were dropped.
        case tooLong
    }

    /// The longest line: more than any sensible request, less than what a stray binary file would take.
    static let maximumLength = 64 << 20

    private let descriptor: CInt
    private let queue = DispatchQueue(label: "kinship.input")
    private var buffer: [UInt8] = []
    /// Where the next line begins in ``buffer``, and from where its end is looked for.
    private var start = 0
    private var searched = 0
    private var isDropping = false
    private var isAtEnd = false

    init(descriptor: CInt = 0) { self.descriptor = descriptor }

    /// The next line; nil at the end of the input and after a signal. The last line may lack its end.
    func next() async throws -> Line? {
        while true {
            if let end = buffer[searched...].firstIndex(of: UInt8(ascii: "\n")) {
                let line = Array(buffer[start..<end])
                start = end + 1
                searched = start
                return take(line)
            }
            searched = buffer.count
            if isAtEnd {
                guard start < buffer.count || isDropping else { return nil }
                let line = Array(buffer[start...])
                start = buffer.count
                return take(line)
            }
            if buffer.count - start > Self.maximumLength {
                isDropping = true
                start = buffer.count
            }
            buffer.removeFirst(start)
            searched -= start
            start = 0
            let bytes = try await read()
            isAtEnd = bytes.isEmpty
            buffer += bytes
        }
    }

    /// All of the input.
    func rest() async throws -> [UInt8] {
        var all = Array(buffer[start...])
        while true {
            let bytes = try await read()
            guard !bytes.isEmpty else { return all }
            all += bytes
        }
    }

    /// What comes next of the input, in pieces of any size; nil at its end.
    ///
    /// - Throws: `CancellationError` after a signal: what has been read isn't all there is.
    func piece() async throws -> [UInt8]? {
        let bytes = try await read()
        if bytes.isEmpty, Interruption.shared.status != nil { throw CancellationError() }
        return bytes.isEmpty ? nil : bytes
    }

    private func take(_ line: [UInt8]) -> Line {
        defer { isDropping = false }
        guard !isDropping, line.count <= Self.maximumLength else { return .tooLong }
        return .text(line.last == UInt8(ascii: "\r") ? line.dropLast() : line)
    }

    private func read() async throws -> [UInt8] {
        let descriptor = descriptor
        return try await withCheckedThrowingContinuation { continuation in
            queue.async {
                continuation.resume(with: Result { try Self.readBlocking(descriptor) })
            }
        }
    }

    private static func readBlocking(_ descriptor: CInt) throws -> [UInt8] {
        while true {
            var polled = [
                pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0),
                pollfd(fd: Interruption.shared.descriptor, events: Int16(POLLIN), revents: 0),
                // Asked for no event, a pipe still tells that nobody reads it: then more input is of no use.
                pollfd(fd: Terminal.Stream.standardOutput.rawValue, events: 0, revents: 0),
            ]
            while poll(&polled, nfds_t(polled.count), -1) < 0, errno == EINTR {}
            if polled[1].revents != 0 { return [] }
            if polled[2].revents & Int16(POLLERR | POLLHUP) != 0 { throw Failure(.brokenPipe, "") }
            var failed: CInt = 0
            let bytes = [UInt8](unsafeUninitializedCapacity: 64 << 10) { space, count in
                #if canImport(Darwin)
                let length = Darwin.read(descriptor, space.baseAddress, space.count)
                #elseif canImport(Glibc)
                let length = Glibc.read(descriptor, space.baseAddress, space.count)
                #else
                let length = Musl.read(descriptor, space.baseAddress, space.count)
                #endif
                if length < 0 { failed = errno }
                count = max(length, 0)
            }
            switch failed {
            case 0: return bytes
            case EINTR, EAGAIN: continue
            default:
                throw Failure(
                    .noInput, "Standard input can't be read: \(String(cString: strerror(failed))).",
                    remedy: "give the requests in a file or a pipe: kinship batch < requests.jsonl")
            }
        }
    }
}

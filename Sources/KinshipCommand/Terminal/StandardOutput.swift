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

/// Writes to an output of this process, unbuffered and in order, off the cooperative threads.
final class StandardOutput: Sendable {
    static let shared = StandardOutput(.standardOutput)
    static let errors = StandardOutput(.standardError)

    private let descriptor: CInt
    private let isTerminal: Bool
    private let queue: DispatchQueue

    /// An open file; who opened it closes it.
    init(file descriptor: CInt) {
        self.descriptor = descriptor
        isTerminal = false
        queue = DispatchQueue(label: "kinship.output.file")
    }

    private init(_ stream: Terminal.Stream) {
        descriptor = stream.rawValue
        isTerminal = stream.isTerminal
        queue = DispatchQueue(label: "kinship.output.\(stream.rawValue)")
    }

    /// Writes all of a text.
    func write(_ text: String) async throws { try await write(Array(text.utf8)) }

    /// Writes all the bytes. On a terminal nothing that rows hold is obeyed.
    ///
    /// - Throws: ``Failure``: silent when the reader is gone or the program is being stopped.
    func write(_ bytes: [UInt8]) async throws {
        let bytes = isTerminal ? TerminalBytes.harmless(bytes) : bytes
        try await withCheckedThrowingContinuation { (continuation: CheckedContinuation<Void, any Error>) in
            queue.async {
                continuation.resume(with: Result { try self.writeBlocking(bytes) })
            }
        }
    }

    private func writeBlocking(_ bytes: [UInt8]) throws {
        let chunk = isPatient ? bytes.count : Int(PIPE_BUF)
        var written = 0
        while written < bytes.count {
            if !isPatient { try waitUntilWritable() }
            let count = bytes.withUnsafeBytes { buffer in
                #if canImport(Darwin)
                Darwin.write(
                    descriptor, buffer.baseAddress?.advanced(by: written), min(chunk, bytes.count - written))
                #elseif canImport(Glibc)
                Glibc.write(descriptor, buffer.baseAddress?.advanced(by: written), min(chunk, bytes.count - written))
                #else
                Musl.write(descriptor, buffer.baseAddress?.advanced(by: written), min(chunk, bytes.count - written))
                #endif
            }
            if count >= 0 {
                written += count
            } else if errno == EPIPE {
                throw Failure(.brokenPipe, "")
            } else if errno != EINTR, errno != EAGAIN {
                throw Failure(
                    .inputOutput, "The output can't be written: \(String(cString: strerror(errno))).",
                    remedy: "check where the output goes: a full disk, a closed descriptor?")
            }
        }
    }

    /// Whether a write never waits for a reader: a file.
    private var isPatient: Bool {
        var status = stat()
        return fstat(descriptor, &status) == 0 && status.st_mode & S_IFMT == S_IFREG
    }

    /// A pipe that polls writable takes PIPE_BUF bytes without blocking, so a slow reader never hides a signal.
    private func waitUntilWritable() throws {
        var polled = [
            pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0),
            pollfd(fd: Interruption.shared.descriptor, events: Int16(POLLIN), revents: 0),
        ]
        while poll(&polled, nfds_t(polled.count), -1) < 0, errno == EINTR {}
        // What is ready is written even so: the last words of an interrupted program go out.
        if polled[0].revents == 0, polled[1].revents != 0 {
            throw Failure(Interruption.shared.status ?? .interrupted, "")
        }
    }
}

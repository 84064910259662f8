// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Dispatch

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// Watches sockets with Dispatch sources, one for reading and, while asked for, one for writing.
///
/// Each source has a duplicate of the socket's descriptor: libpq closes its own as soon as it meets the end of the
/// stream, and a source must not outlive its descriptor.
package final class DispatchReadiness: ReadinessSource {
    private struct Registration {
        var queue: DispatchQueue
        weak var handler: (any ReadinessHandler)?
        var reading: any DispatchSourceRead
        var isReading = true
        var writing: (any DispatchSourceWrite)?
    }

    /// Guarded by the mutex around it; Dispatch's sources and queues may be used from any thread.
    private struct Table: @unchecked Sendable {
        var registrations: [Int: Registration] = [:]
        var nextToken = 1
    }

    private let table = Locked(Table())
    /// A few, each for many connections: with one for each connection, as many threads as there are busy connections.
    private let queues = (0..<8).map { _ in DispatchQueue(label: "kinship.readiness") }

    package init() {}

    package func register(_ descriptor: Int32, _ handler: any ReadinessHandler) -> Int? {
        let duplicate = dup(descriptor)
        guard duplicate >= 0 else { return nil }
        _ = fcntl(duplicate, F_SETFD, FD_CLOEXEC)
        let queue = queues[Int(duplicate) % queues.count]
        let reading = DispatchSource.makeReadSource(fileDescriptor: duplicate, queue: queue)
        let token = table.withLock { table in
            let token = table.nextToken
            table.nextToken += 1
            table.registrations[token] = Registration(queue: queue, handler: handler, reading: reading)
            return token
        }
        reading.setEventHandler { [weak self, weak handler] in
            // On Linux, Dispatch tells of a hang-up once, together with the last data, and never again: the end of the
            // stream has to be read on the same occasion.
            repeat { handler?.socketReady() } while self?.isReading(token) == true && Self.isReadable(duplicate)
        }
        reading.setCancelHandler { close(duplicate) }
        reading.resume()
        return token
    }

    private func isReading(_ token: Int) -> Bool { table.withLock { $0.registrations[token]?.isReading == true } }

    private static func isReadable(_ descriptor: Int32) -> Bool {
        var request = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
        return poll(&request, 1, 0) == 1
    }

    package func watch(_ token: Int, _ descriptor: Int32, reading: Bool, writing: Bool) {
        table.withLock { table in
            guard let registration = table.registrations[token] else { return }
            if reading != registration.isReading {
                table.registrations[token]?.isReading = reading
                if reading { registration.reading.resume() } else { registration.reading.suspend() }
            }
            if !writing {
                registration.writing?.cancel()
                table.registrations[token]?.writing = nil
            } else if registration.writing == nil {
                let duplicate = dup(descriptor)
                guard duplicate >= 0 else { return }
                _ = fcntl(duplicate, F_SETFD, FD_CLOEXEC)
                let writing = DispatchSource.makeWriteSource(fileDescriptor: duplicate, queue: registration.queue)
                writing.setEventHandler { [weak handler = registration.handler] in handler?.socketReady() }
                writing.setCancelHandler { close(duplicate) }
                table.registrations[token]?.writing = writing
                writing.resume()
            }
        }
    }

    package func unregister(_ token: Int, _ descriptor: Int32?) {
        let registration = table.withLock { $0.registrations.removeValue(forKey: token) }
        registration?.reading.cancel()
        // A suspended source never gets round to its end.
        if registration?.isReading == false { registration?.reading.resume() }
        registration?.writing?.cancel()
    }
}

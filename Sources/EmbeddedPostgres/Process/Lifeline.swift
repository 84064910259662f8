// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

#if canImport(Darwin)
import Darwin
#elseif canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

/// What a supervisor reads: commands come through it, and its end tells that the owner is gone, however that ended.
///
/// A pair of sockets and not a pipe: these can be made close-on-exec in one step, so that no process another thread
/// starts meanwhile inherits our end and keeps us "alive"; and writing to one never raises SIGPIPE.
struct Lifeline: Sendable {
    let readEnd: CInt
    let writeEnd: CInt

    init() throws(EmbeddedPostgresError) {
        var ends: [CInt] = [-1, -1]
        #if canImport(Darwin)
        let failed = socketpair(AF_UNIX, SOCK_STREAM, 0, &ends) != 0
        for end in ends where !failed { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        if !failed { _ = fcntl(ends[1], F_SETNOSIGPIPE, 1) }
        #elseif canImport(Glibc)
        let failed = socketpair(AF_UNIX, CInt(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0, &ends) != 0
        #else
        let failed = socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, &ends) != 0
        #endif
        guard !failed else {
            throw EmbeddedPostgresError(.fileSystem, "No socket pair can be made: \(String(cString: strerror(errno))).")
        }
        readEnd = ends[0]
        writeEnd = ends[1]
    }

    /// Writes a short line; false when the reader is gone.
    static func write(_ line: String, to end: CInt) -> Bool {
        #if canImport(Darwin)
        let flags: CInt = 0
        #else
        let flags = CInt(MSG_NOSIGNAL)
        #endif
        return send(end, line, line.utf8.count, flags) == line.utf8.count
    }
}

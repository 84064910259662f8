// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import CLibpq

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// A message that asks the server to cancel what a session is running; made while the session is known, sent later.
///
/// With libpq 17 it goes through the session's own encryption and is bounded by a time limit. Older libraries send it in
/// plain text and can't be interrupted (PostgreSQL 17 release notes, libpq), so a helper thread may be left behind until
/// the operating system gives up.
///
/// `@unchecked Sendable`: only the helper thread that sends it, and then `deinit`, use the pointers.
final class CancelRequest: @unchecked Sendable {
    private struct Functions {
        let create: kinship_cancel_create
        let start: kinship_cancel_start
        let poll: kinship_cancel_poll
        let socket: kinship_cancel_socket
        let errorMessage: kinship_cancel_error_message
        let finish: kinship_cancel_finish

        init?() {
            guard let create = kinship_as_cancel_create(kinship_symbol("PQcancelCreate")),
                let start = kinship_as_cancel_start(kinship_symbol("PQcancelStart")),
                let poll = kinship_as_cancel_poll(kinship_symbol("PQcancelPoll")),
                let socket = kinship_as_cancel_socket(kinship_symbol("PQcancelSocket")),
                let errorMessage = kinship_as_cancel_error_message(kinship_symbol("PQcancelErrorMessage")),
                let finish = kinship_as_cancel_finish(kinship_symbol("PQcancelFinish"))
            else { return nil }
            (self.create, self.start, self.poll) = (create, start, poll)
            (self.socket, self.errorMessage, self.finish) = (socket, errorMessage, finish)
        }
    }

    private static let functions = Functions()

    /// Whether cancel requests are encrypted as their sessions are.
    static var isEncrypted: Bool { functions != nil }

    /// Which server it goes to.
    let server: String
    private let old: OpaquePointer?
    private let new: UnsafeMutableRawPointer?

    /// Never blocks; nil when there is no memory.
    init?(_ link: Link) {
        let host = [PQhostaddr(link.pointer), PQhost(link.pointer)].compactMap { $0.map { String(cString: $0) } }
        server = "\(host.first { !$0.isEmpty } ?? ""):\(PQport(link.pointer).map { String(cString: $0) } ?? "")"
        if let functions = Self.functions {
            guard let new = functions.create(link.pointer) else { return nil }
            (self.new, old) = (new, nil)
        } else {
            guard let old = PQgetCancel(link.pointer) else { return nil }
            (self.old, new) = (old, nil)
        }
    }

    deinit {
        if let old { PQfreeCancel(old) }
        if let new { Self.functions?.finish(new) }
    }

    /// Sends it and waits until the server has acted on it. Blocks.
    ///
    /// - Parameter limit: the instant to give up at, kept where libpq allows it.
    /// - Returns: what went wrong, nil when the server was told.
    func send(limit: UInt64) -> String? {
        if let old {
            var message = [CChar](repeating: 0, count: 256)
            guard PipeSignal.held({ PQcancel(old, &message, Int32(message.count)) }) == 1 else {
                return String(decoding: message.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
            }
            return nil
        }
        guard let new, let functions = Self.functions else { return nil }
        func failure() -> String { functions.errorMessage(new).map { String(cString: $0) } ?? "" }
        guard functions.start(new) == 1 else { return failure() }
        var status = PGRES_POLLING_WRITING
        while true {
            var descriptor = pollfd(
                fd: functions.socket(new), events: Int16(status == PGRES_POLLING_READING ? POLLIN : POLLOUT), revents: 0
            )
            let now = Monotonic.now
            guard now < limit else { return "the server didn't answer in time" }
            if poll(&descriptor, 1, Int32(min(1_000, (limit - now) / 1_000_000 + 1))) == 0 { continue }
            status = functions.poll(new)
            switch status {
            case PGRES_POLLING_OK: return nil
            case PGRES_POLLING_READING, PGRES_POLLING_WRITING: continue
            default: return failure()
            }
        }
    }
}

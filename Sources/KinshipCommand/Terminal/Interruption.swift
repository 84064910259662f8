// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Dispatch
import Synchronization

#if canImport(Darwin)
import Darwin
#elseif canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

/// SIGINT, SIGTERM, and SIGHUP unless it is ignored (`nohup`): the first one stops the work in order, a second one ends the process at once.
final class Interruption: Sendable {
    static let shared = Interruption()

    /// Readable (at its end) once there was a signal: for `poll`, so that no read or write outlasts Ctrl-C.
    let descriptor: CInt

    private struct State {
        var status: ExitStatus?
        var handler: (@Sendable () -> Void)?
        var diversion: (@Sendable () -> Bool)?
        var writeEnd: CInt
    }

    private let state: Mutex<State>

    private init() {
        var ends: [CInt] = [-1, -1]
        // Without a pipe poll ignores the -1, and only a second signal ends a read that waits.
        _ = pipe(&ends)
        for end in ends where end >= 0 { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        descriptor = ends[0]
        state = Mutex(State(writeEnd: ends[1]))
    }

    /// How the process should end after a signal; nil when there was none.
    var status: ExitStatus? { state.withLock { $0.status } }

    /// Starts to listen, as long as what it returns is held. SIGPIPE is ignored: a write tells it as EPIPE.
    func listen() -> [any DispatchSourceSignal] {
        signal(SIGPIPE, SIG_IGN)
        var signals = [(SIGINT, ExitStatus.interrupted), (SIGTERM, .terminated)]
        if Self.isHangUpHeard { signals.append((SIGHUP, .terminated)) }
        return signals.map { number, status in
            signal(number, SIG_IGN)
            let source = DispatchSource.makeSignalSource(signal: number, queue: .global())
            source.setEventHandler { [weak self] in self?.received(status) }
            source.resume()
            return source
        }
    }

    /// Whether the end of the terminal ends programs, as it does unless somebody has said otherwise.
    private static var isHangUpHeard: Bool {
        var action = sigaction()
        guard sigaction(SIGHUP, nil, &action) == 0 else { return false }
        #if canImport(Darwin)
        let handler = action.__sigaction_u.__sa_handler
        #else
        let handler = action.__sigaction_handler.sa_handler
        #endif
        return handler == nil
    }

    /// What stops the work; called at once when the signal has been there before.
    func onInterrupt(_ handler: @escaping @Sendable () -> Void) {
        let isLate = state.withLock { state in
            state.handler = handler
            return state.status != nil
        }
        if isLate { handler() }
    }

    /// Lets somebody else take each Ctrl-C, until this is called with nil: it stops what it stops, and the program goes on.
    ///
    /// - Parameter handler: false where the program is to be stopped after all.
    func divert(_ handler: (@Sendable () -> Bool)?) { state.withLock { $0.diversion = handler } }

    private func received(_ status: ExitStatus) {
        let diversion = state.withLock { $0.status == nil ? $0.diversion : nil }
        if status == .interrupted, let diversion, diversion() { return }
        let (isFirst, handler) = state.withLock { state -> (Bool, (@Sendable () -> Void)?) in
            guard state.status == nil else { return (false, nil) }
            state.status = status
            if state.writeEnd >= 0 { close(state.writeEnd) }
            state.writeEnd = -1
            return (true, state.handler)
        }
        // An impatient second Ctrl-C: an embedded server notices by itself that its owner is gone.
        guard isFirst else { _exit(status.rawValue) }
        handler?()
    }
}

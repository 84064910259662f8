// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

/// What has to be done once the connection's lock is free: resume tasks, tell listeners, start work that may block.
struct Effects: Sendable {
    /// The end of a connection.
    struct Termination: Sendable {
        var error: PostgresError?
        var handlers: [@Sendable (PostgresError?) -> Void]
        /// What is to be freed.
        var link: Link
        /// A cancel request for a statement the server may still be running.
        var cancel: CancelRequest?
    }

    /// Requests that are answered.
    var finished: Request?
    var alsoFinished: [Request] = []
    /// Who waits for an exchange that goes on.
    var woken: [RequestContinuation] = []
    var cancel: (request: CancelRequest, serial: Int, limit: UInt64, isRepeated: Bool)?
    var termination: Termination?
    /// A deadline the timer has to know.
    var deadline = Monotonic.never

    mutating func finish(_ request: Request) {
        request.isFinished = true
        if finished == nil { finished = request } else { alsoFinished.append(request) }
    }
}

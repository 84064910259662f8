// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

/// What whoever uses an exchange does with the connection.
extension Connection {
    /// Takes an exchange in, and waits until there is something to do or it is over.
    func submit(exchanging request: Request) async {
        if let timeout = request.timeout { request.deadline = Monotonic.after(timeout) }
        await submit(request)
    }

    /// Waits until there is something to do, or the exchange is over.
    func wait(for request: Request) async {
        #if DEBUG
        await withCheckedContinuation { continuation in
            transition { $0.wait(request, continuation, &$1) }
        }
        // As for other requests.
        state.withLock { _ in }
        #else
        await withUnsafeContinuation { continuation in
            transition { $0.wait(request, continuation, &$1) }
        }
        #endif
    }

    /// Waits until the exchange is over.
    func end(of request: Request) async {
        while !isOver(request) { await wait(for: request) }
        logNotices()
    }

    /// Whether an exchange is over.
    func isOver(_ request: Request) -> Bool { state.withLock { _ in request.isFinished } }

    /// Gives something to the link.
    func give(_ request: Request, _ give: (Link) -> Bool) -> Given {
        var given = Given.over
        transition { given = $0.give(request, &$1, give) }
        return given
    }

    /// Says that nothing more will be given, or why not all was.
    func endGiving(_ request: Request, failure: String?) -> Given {
        var given = Given.over
        transition { given = $0.endGiving(request, failure: failure, &$1) }
        return given
    }

    /// Nobody wants the rest.
    func abandon(_ request: Request) {
        transition { $0.abandon(request, &$1) }
    }
}

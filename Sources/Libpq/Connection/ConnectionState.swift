// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import CLibpq

// In more files than most types: what happens to a connection is one kind of event for each, all of them under one lock.

/// All that changes about a connection, behind its lock: who is waiting, what was sent, what came back.
///
/// The connection is in libpq's pipeline mode: each request is one flight of messages that ends with a sync, and its answer is
/// complete when the server has answered that sync. Only an ``Exchange`` leaves the mode, and comes back to it. What must not
/// happen under the lock is returned as ``Effects``.
struct ConnectionState {
    /// A cancel request for the current request.
    enum Cancelling {
        case none
        /// Under way; the connection stays with the request until it has ended.
        case running(serial: Int)
        case ended
    }

    /// Whether the connection leads to a server that it may be used on.
    enum Fitness {
        case good
        /// It refused to write: to be asked whether it still is what it was when the connection was made.
        case doubtful
        case unfit
    }

    /// How often a request is sent again: with its statement prepared anew, and at last without names.
    static let mostHeals = 2

    /// Nil once the connection is closed or broken.
    var link: Link?
    let source: any ReadinessSource
    var token: Int?
    let notices: Notices
    let statementGrace: UInt64
    /// OpenSSL's object when the session is encrypted.
    let encryption: Encryption

    var statements: PreparedStatements
    var counters = Counters()
    /// Transaction control that goes out with the next request.
    var prefixes: [String] = []
    /// How many savepoints have been named.
    var savepoints = 0
    /// Savepoints of this transaction that were to be made and weren't, because something failed before.
    var missingSavepoints: Set<String> = []
    var current: Request?
    var waiting: [Request] = []
    /// Those that were sent behind the current one.
    var followers: [Follower] = []
    /// When the current request was sent.
    var sentAt: UInt64 = 0
    /// How long an answer is under way at least, as far as that is known without a statement in it: those may all be slow.
    var leastRoundTrip: Int64
    /// The quickest sign of life.
    var leastSignOfLife = Int64.max
    /// When what nobody wants is stopped.
    var unwantedDue = Monotonic.never

    // The flight of the current request.
    var flight: UInt64 = 0
    var steps: [Step] = []
    var position = 0
    var hasResult = false
    var sentPrefixes: [String] = []
    var startedIdle = false
    var isAnswered = false
    var isWriting = false
    /// Whether nothing is read until a cancel request has ended.
    var isPaused = false
    /// An answer was such that the request can be sent once more.
    var canHeal = false
    /// How often the current request has been sent again.
    var heals = 0
    /// Whether a step since the last sync has failed: what follows it is skipped.
    var hasFailed = false
    /// Whether the flight began in a failed transaction, which can't be committed.
    var startedFailed = false
    /// Whether the transaction was begun READ ONLY and nothing has changed that.
    var isReadOnly = false
    /// Which kind of server it is to be.
    let target: ConnectionConfiguration.TargetSessionAttributes
    /// Whether the server reported, when the connection was made, that it takes changes.
    let wasWritable: Bool
    /// The server has said that it is not of that kind any more, or that it is going away.
    var fitness = Fitness.good
    var taken = Taken()
    /// The most bytes that a message had: libpq's buffers have grown to hold it, and never shrink.
    var largestMessage = 0
    /// From which size on a message costs the connection, at its release.
    let keptBuffer: Int

    var cancelling = Cancelling.none
    var cancelSerial = 0
    var graceDeadline = Monotonic.never
    /// When the cancel request is sent once more: one that reaches the server before the statement does is lost there.
    var cancelAgain = Monotonic.never
    /// How long to wait before that, in nanoseconds.
    var cancelPause: UInt64 = 0

    /// How often something was there to be read.
    var received: UInt8 = 0

    /// When the server last answered, or was looked after.
    var heardAt: UInt64 = 0

    var phase = ExchangePhase.none
    /// Whether the current exchange has been begun.
    var hasAsked = false
    /// When it is concluded that the server has refused what it is still being given.
    var doubtAt = Monotonic.never
    /// How many notices had come before what is doubtful.
    var noticesBefore = 0
    /// Who takes notifications.
    var notificationSink: (any NotificationSink)?

    var termination: (error: PostgresError?, Void)?
    var terminationHandlers: [@Sendable (PostgresError?) -> Void] = []

    var transactionStatus: TransactionStatus {
        guard let link, PQstatus(link.pointer) == CONNECTION_OK else { return .unknown }
        return current == nil ? TransactionStatus(PQtransactionStatus(link.pointer)) : .active
    }

    // MARK: Requests

    /// Takes a request in: sends it at once, or when those before it are answered.
    mutating func submit(_ request: Request, _ completion: Request.Completion, _ effects: inout Effects) {
        request.completion = completion
        if request.stop != nil {
            effects.finish(request)
        } else if request.isRecalled {
            request.isUnsent = true
            effects.finish(request)
        } else if current != nil, request.isShared {
            guard !follow(request, &effects) else { return }
            request.isUnsent = true
            request.isRefused = true
            effects.finish(request)
        } else if current != nil {
            waiting.append(request)
            effects.deadline = request.deadline
        } else if isOpen(&effects) {
            start(request, &effects)
        } else {
            request.failure = closedError
            request.isUnsent = true
            effects.finish(request)
        }
    }

    private mutating func start(_ request: Request, _ effects: inout Effects) {
        switch request.kind {
        case .begin(let options):
            request.scope = enter(options)
            return effects.finish(request)
        case .turn:
            return effects.finish(request)
        case .flight, .exchange:
            break
        }
        current = request
        heals = 0
        cancelling = .none
        stopWaitingForCancel()
        effects.deadline = min(effects.deadline, request.deadline)
        if case .exchange(let exchange) = request.kind { return begin(exchange, request, &effects) }
        send(request, &effects)
    }

    /// The current request is answered and nothing of it is under way any more.
    mutating func completeIfPossible(_ effects: inout Effects) {
        guard isAnswered, let request = current, let link else { return }
        if case .running = cancelling { return }
        if canHeal, heals < Self.mostHeals, request.stop == nil {
            if !followers.isEmpty {
                request.isToRepeat = true
            } else if PQtransactionStatus(link.pointer) == PQTRANS_IDLE {
                heals += 1
                return send(request, &effects)
            }
        }
        if !hasAsked, case .exchange(let exchange) = request.kind, request.failure == nil, request.stop == nil {
            return ask(exchange, request, link, &effects)
        }
        noteTransaction(after: request, link)
        current = nil
        noteTime(of: request)
        stopWaitingForCancel()
        effects.finish(request)
        if !followers.isEmpty { return goOnWithFollower(&effects) }
        // What has come with the answer and belongs to nothing would be taken for the next one.
        if takeUnasked(link, &effects) { startNext(&effects) }
    }

    /// What was to be stopped has ended.
    mutating func stopWaitingForCancel() {
        graceDeadline = Monotonic.never
        cancelAgain = Monotonic.never
        unwantedDue = Monotonic.never
    }

    private mutating func startNext(_ effects: inout Effects) {
        while current == nil, link != nil, !waiting.isEmpty { start(waiting.removeFirst(), &effects) }
    }

    // MARK: Stopping

    /// The request's task was cancelled.
    mutating func cancel(_ request: Request, _ effects: inout Effects) {
        guard !request.isFinished else { return }
        if request === current {
            // A request to cancel could meet those behind it.
            if request.isShared, !isAnswered, isFollowed {
                request.stop = .taskCancelled
                return leave(request, &effects)
            }
            // An answered request waits for the end of a cancel request already: nothing more to stop.
            if request.stop == nil, !isAnswered { stop(request, &effects) }
            request.stop = .taskCancelled
            if let link { advance(link, &effects) }
        } else if request.isShared, followers.contains(where: { $0.request === request }) {
            request.stop = .taskCancelled
            leave(request, &effects)
        } else {
            request.stop = .taskCancelled
            if let index = waiting.firstIndex(where: { $0 === request }) {
                waiting.remove(at: index)
                effects.finish(request)
            }
        }
    }

    /// Asks the server to stop the current request, within the grace.
    mutating func stop(_ request: Request, _ effects: inout Effects) {
        noteStopped(request)
        graceDeadline = Monotonic.now.later(by: statementGrace)
        effects.deadline = min(effects.deadline, graceDeadline)
        cancelPause = 50_000_000
        sendCancel(isRepeated: false, &effects)
        stopMoving(request, &effects)
    }

    private mutating func sendCancel(isRepeated: Bool, _ effects: inout Effects) {
        cancelAgain = Monotonic.never
        guard let link, let cancel = CancelRequest(link) else { return }
        cancelSerial += 1
        cancelling = .running(serial: cancelSerial)
        effects.cancel = (cancel, cancelSerial, graceDeadline, isRepeated)
    }

    /// A cancel request has ended: the server has acted on it, or it failed.
    mutating func cancelEnded(serial: Int, _ effects: inout Effects) {
        guard case .running(serial) = cancelling else { return }
        cancelling = .ended
        resumeReading()
        if let link { advance(link, &effects) }
        if isAnswered {
            completeIfPossible(&effects)
            // What has come for those behind it may lie in libpq's buffer already.
            if let link, current != nil { collect(link, &effects) }
            return
        }
        cancelAgain = Monotonic.now.later(by: cancelPause)
        cancelPause = min(cancelPause * 2, 1_000_000_000)
        effects.deadline = min(effects.deadline, cancelAgain)
    }

    /// Acts on deadlines.
    ///
    /// - Returns: the next one.
    mutating func deadlinesDue(_ now: UInt64, _ effects: inout Effects) -> UInt64 {
        for request in waiting where request.deadline <= now {
            request.failure = PostgresError(
                .statementTimeout,
                "The deadline passed while the statement waited for others on its connection; nothing was sent.",
                sql: request.sql)
            effects.finish(request)
        }
        waiting.removeAll { $0.isFinished }
        endLateFollowers(now, &effects)
        late: if let request = current {
            if graceDeadline <= now {
                terminate(lostError("the server didn't react to a cancel request in time"), &effects)
            } else if request.deadline <= now, request.stop == nil, !isAnswered {
                if request.isShared, isFollowed {
                    noteLate(request)
                    leave(request, &effects)
                    break late
                }
                request.stop = .deadline
                switch request.expiry {
                case .cancel:
                    stop(request, &effects)
                    if let link { advance(link, &effects) }
                case .giveUp: terminate(lostError("the server didn't answer in time"), &effects)
                }
            } else if cancelAgain <= now {
                sendCancel(isRepeated: true, &effects)
            } else if doubtAt <= now {
                doubtDue(&effects)
            } else if unwantedDue <= now {
                stopUnwanted(&effects)
            }
        }
        var next = min(effects.deadline, graceDeadline, cancelAgain, doubtAt, unwantedDue)
        if let current, current.stop == nil { next = min(next, current.deadline) }
        for request in waiting { next = min(next, request.deadline) }
        for follower in followers { next = min(next, follower.request.deadline) }
        return next
    }
}

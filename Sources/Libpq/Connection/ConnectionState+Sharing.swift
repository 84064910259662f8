// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import CLibpq

// Reads of several callers on their way at the same time, each with a sync of its own: the server answers them in order, each is a
// transaction by itself, and an error is its caller's alone. Only what is prepared for certain, and needs nothing else to go out
// with it, goes behind others.
extension ConnectionState {
    /// A request behind the current one, which has been sent.
    struct Follower {
        var request: Request
        var steps: [Step]
        var sentAt: UInt64
    }

    /// How long what nobody wants any more may run, in nanoseconds, before the server is asked to stop it: a quick statement has ended
    /// before such a request could reach the server.
    private static let longestUnwanted: UInt64 = 100_000_000

    /// Whether requests that share the connection are under way.
    var isShared: Bool { link != nil && (current?.isShared ?? false) }

    /// Whether somebody still waits for an answer that comes behind the current one.
    var isFollowed: Bool { followers.contains { !$0.request.isStandIn } }

    /// Sends a request behind those that are under way.
    ///
    /// - Returns: whether it could; nothing has been sent otherwise.
    mutating func follow(_ request: Request, _ effects: inout Effects) -> Bool {
        guard let link, let head = current, head.isShared, prefixes.isEmpty, waiting.isEmpty, phase == .none, !isPaused,
            !isWriting,
            fitness != .unfit, head.stop == nil || head.isStandIn
        else { return false }
        guard case .none = cancelling, !steps.contains(where: { $0.kind != .run && $0.kind != .sync }) else {
            return false
        }
        flight += 1
        var follower = Follower(request: request, steps: [], sentAt: Monotonic.now)
        follower.steps.reserveCapacity(request.statements.count + 1)
        for (index, statement) in request.statements.enumerated() {
            guard statement.preparation == .cached, let kept = statements.find(StatementKey(statement), flight: flight)
            else {
                return false
            }
            follower.steps.append(
                Step(kind: .run, index: index, name: kept.name, command: kept.command, keptAt: kept.index))
        }
        follower.steps.append(Step(kind: .sync))
        noteSize(of: request)
        counters.roundTrips += 1
        counters.statements += request.statements.count
        followers.append(follower)
        effects.deadline = min(effects.deadline, request.deadline)
        for step in follower.steps where !transmit(step, request, link) {
            terminate(lostError(link.message), &effects)
            return true
        }
        sendAll(link, &effects)
        return true
    }

    /// The next answer is the next request's.
    mutating func goOnWithFollower(_ effects: inout Effects) {
        let next = followers.removeFirst()
        current = next.request
        steps = next.steps
        sentAt = next.sentAt
        position = 0
        hasResult = false
        isAnswered = false
        hasFailed = false
        canHeal = false
        heals = 0
        taken = Taken()
        startedIdle = true
        startedFailed = false
        sentPrefixes = []
        isReadOnly = false
        cancelling = .none
        stopWaitingForCancel()
        watchIfUnwanted(&effects)
        prepareStep()
        // A connection that is always in use would keep them for ever.
        if let link { takeNotifications(link, &effects) }
    }

    // MARK: Leaving

    /// Answers a request now, with what it has, though its statements are on their way: what comes for them is read and dropped.
    mutating func leave(_ request: Request, _ effects: inout Effects) {
        noteStopped(request)
        guard putStandIn(for: request, &effects) else { return }
        request.hasStandIn = true
        effects.finish(request)
    }

    /// Takes a request back that is behind others, so that it may be sent elsewhere.
    ///
    /// - Returns: whether it was; not the one that the server is at, nor one that has ended.
    mutating func withdraw(_ request: Request, _ effects: inout Effects) -> Bool {
        guard !request.isFinished, request.stop == nil, request !== current, link != nil else { return false }
        guard putStandIn(for: request, &effects) else {
            // It is on its way here: whoever brings it is told.
            request.isRecalled = true
            return false
        }
        request.isFinished = true
        request.completion = nil
        return true
    }

    private mutating func putStandIn(for request: Request, _ effects: inout Effects) -> Bool {
        if request === current {
            current = Request(standingInFor: request)
            taken.collected = nil
            watchIfUnwanted(&effects)
        } else if let index = followers.firstIndex(where: { $0.request === request }) {
            followers[index].request = Request(standingInFor: request)
        } else {
            return false
        }
        return true
    }

    /// The server is at something that nobody wants any more.
    private mutating func watchIfUnwanted(_ effects: inout Effects) {
        guard let current, current.isStandIn else { return unwantedDue = Monotonic.never }
        unwantedDue = Monotonic.now.later(by: Self.longestUnwanted)
        effects.deadline = min(effects.deadline, unwantedDue)
    }

    /// What nobody wants has run for too long: it is stopped, once nobody waits behind it who would be hit instead.
    mutating func stopUnwanted(_ effects: inout Effects) {
        guard let current, current.isStandIn, !isAnswered, case .none = cancelling else {
            return unwantedDue = Monotonic.never
        }
        guard !isFollowed else { return watchIfUnwanted(&effects) }
        unwantedDue = Monotonic.never
        stop(current, &effects)
    }

    /// Answers those behind the current request whose deadline has passed.
    mutating func endLateFollowers(_ now: UInt64, _ effects: inout Effects) {
        for follower in followers where !follower.request.isStandIn && follower.request.deadline <= now {
            noteLate(follower.request)
            leave(follower.request, &effects)
        }
    }

    /// Says that a request's deadline has passed.
    func noteLate(_ request: Request) {
        request.stop = .deadline
        request.failure = PostgresError(
            .statementTimeout,
            "The statement's deadline passed while its connection was busy with others'; what comes of it is dropped.",
            sql: request.sql)
    }

    /// The connection has ended: what becomes of those behind the current request.
    ///
    /// All they do is read, and they were behind others for the pool's sake: with a connection for themselves they would have lost
    /// nothing. So each is sent on another connection without a word, where it is behind nobody: not a third time.
    ///
    /// - Parameter wasClosed: whether it was us who ended it, in good order.
    mutating func endFollowers(_ error: PostgresError, wasClosed: Bool, _ effects: inout Effects) {
        // The server answers in order: after its last word nothing is run any more.
        let wasNotRun = !wasClosed && error.server?.isFatal == true
        // Each goes to the front of the queue: the last one first.
        for follower in wasClosed ? followers : followers.reversed() {
            let request = follower.request
            var error = error
            error.sql = request.sql
            // For whom the time to wait for a connection is over.
            error.message +=
                " The statement had been sent behind others' and was not answered; "
                + (wasNotRun ? "it was not run." : "whether it was run is unknown.")
            request.isUnsent = wasNotRun
            request.isToRepeat = !wasClosed && !wasNotRun
            request.failure = error
            effects.finish(request)
        }
        followers = []
    }
}

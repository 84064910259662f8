// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import CLibpq

// COPY can't be in a pipeline (PostgreSQL documentation, "Pipeline Mode"): the connection leaves the mode for an exchange, when nothing
// else is under way, and comes back after it. The statement goes through the simple protocol: in the extended one libpq sends a Sync
// behind the statement and another at the end, and a server that fails between reading the two answers both.
extension ConnectionState {
    /// How long input that is neither a notice nor a notification may lie unread while bytes are given to the server. It is the
    /// server's refusal, which libpq shows at the end only, but the first part of a notice looks the same.
    private static let doubt: UInt64 = 1_000_000_000

    /// An exchange has come to its turn.
    mutating func begin(_ exchange: any Exchange, _ request: Request, _ effects: inout Effects) {
        guard let link else { return }
        hasAsked = false
        // BEGIN or a savepoint that waits for the next request has a round trip of its own.
        if prefixes.isEmpty { ask(exchange, request, link, &effects) } else { send(request, &effects) }
    }

    /// Leaves pipeline mode and sends the statement.
    mutating func ask(_ exchange: any Exchange, _ request: Request, _ link: Link, _ effects: inout Effects) {
        hasAsked = true
        isAnswered = false
        canHeal = false
        hasFailed = false
        taken = Taken()
        steps.removeAll(keepingCapacity: true)
        position = 0
        startedIdle = PQtransactionStatus(link.pointer) == PQTRANS_IDLE
        guard PQexitPipelineMode(link.pointer) == 1, Transmission.simple(link, exchange.statement.text) else {
            return terminate(lostError(link.message), &effects)
        }
        phase = .asked
        counters.roundTrips += 1
        counters.statements += 1
        sendAll(link, &effects)
    }

    /// The socket has something to read, or room to write, during an exchange.
    mutating func receiveExchanged(_ link: Link, _ effects: inout Effects) {
        noteWaitingInput(link, &effects)
        let isAlive = PQconsumeInput(link.pointer) == 1 && encryption.drain(link)
        explainInput(link, &effects)
        if !isAlive, case .exchange(let exchange)? = current?.kind { exchange.takeAll() }
        advance(link, &effects)
        guard !isAlive, self.link != nil else { return }
        if phase == .moving, let result = PQgetResult(link.pointer) {
            // libpq looks at the server's last words when it isn't in a COPY any more.
            PQclear(result)
            _ = PQisBusy(link.pointer)
        }
        terminate(lostError(link.message), &effects)
    }

    /// Notes that something has come while bytes are given to the server, before libpq gets to read it: that it does as well where it
    /// has no room to send.
    mutating func noteWaitingInput(_ link: Link, _ effects: inout Effects) {
        guard doubtAt == Monotonic.never, phase == .moving, case .exchange(let exchange)? = current?.kind,
            exchange.isGiving, kinship_waiting_bytes(PQsocket(link.pointer)) > 0
        else { return }
        noticesBefore = notices.arrived
        doubtAt = Monotonic.now.later(by: Self.doubt)
        effects.deadline = min(effects.deadline, doubtAt)
    }

    /// What has come may have been a notice or a notification: then nothing is doubtful any more.
    private mutating func explainInput(_ link: Link, _ effects: inout Effects) {
        // Has libpq take them out of its buffer.
        _ = PQisBusy(link.pointer)
        let isExplained = takeNotifications(link, &effects) || notices.arrived != noticesBefore
        if doubtAt != Monotonic.never, isExplained { doubtAt = Monotonic.never }
    }

    /// The server seems to have refused what is still being given to it.
    mutating func doubtDue(_ effects: inout Effects) {
        guard phase == .moving, let link, case .exchange(let exchange)? = current?.kind else {
            return doubtAt = Monotonic.never
        }
        explainInput(link, &effects)
        guard doubtAt != Monotonic.never else { return }
        doubtAt = Monotonic.never
        follow(exchange.stop(link), link, &effects)
        advance(link, &effects)
    }

    /// Goes on with the current exchange as far as that is possible now.
    mutating func advance(_ link: Link, _ effects: inout Effects) {
        guard phase != .none, let request = current, case .exchange(let exchange) = request.kind else { return }
        loop: while self.link != nil, !isAnswered {
            switch phase {
            case .moving:
                guard follow(exchange.move(link), link, &effects) else { break loop }
            case .none, .asked, .ending:
                guard PQisBusy(link.pointer) == 0 else { break loop }
                if let result = PQgetResult(link.pointer) {
                    take(result, of: exchange, request, link, &effects)
                } else {
                    end(exchange, request, link, &effects)
                }
            }
        }
        wake(request, &effects)
        completeIfPossible(&effects)
    }

    /// Does what an exchange needs next.
    ///
    /// - Returns: whether it can go on at once.
    @discardableResult
    private mutating func follow(_ movement: ExchangeMovement, _ link: Link, _ effects: inout Effects) -> Bool {
        switch movement {
        case .server:
            let isCancelling: Bool = if case .running = cancelling { true } else { false }
            // Until the server has been told, each row that is read makes room for another one.
            if isCancelling, current?.stop != nil { pauseReading() } else { resumeReading() }
            return false
        case .user:
            pauseReading()
            return false
        case .results:
            phase = .ending
            doubtAt = Monotonic.never
            resumeReading()
            flush(link, &effects)
            return true
        case .tooMuch(let error):
            guard let request = current, request.stop == nil else { return false }
            request.failure = error
            stop(request, &effects)
            request.stop = .tooLarge
            return self.link != nil
        case .worthless:
            terminate(
                PostgresError(
                    .connectionLost,
                    "The connection was closed: nobody took the rest of a COPY, and too much of it was under way still."
                ),
                stopsServer: true, &effects)
            return false
        case .failed:
            terminate(lostError(link.message), &effects)
            return false
        }
    }

    private mutating func take(
        _ result: OpaquePointer, of exchange: any Exchange, _ request: Request, _ link: Link,
        _ effects: inout Effects
    ) {
        defer { PQclear(result) }
        let status = PQresultStatus(result)
        switch status {
        case PGRES_COPY_IN, PGRES_COPY_OUT, PGRES_COPY_BOTH:
            guard phase == .asked, exchange.accepts(status) else {
                let error = PostgresError(
                    .misuse, "The COPY goes the other way than it was asked to; the connection was closed.",
                    sql: exchange.statement.text)
                return terminate(error, stopsServer: true, &effects)
            }
            phase = .moving
            if request.stop != nil { follow(exchange.stop(link), link, &effects) }
        case PGRES_COMMAND_OK
        where phase == .ending && PQcmdStatus(result).map { ExpectedCommand.begins($0, "COPY") } == true:
            exchange.rows = PQcmdTuples(result).flatMap { Int(String(cString: $0)) } ?? 0
        case PGRES_FATAL_ERROR:
            guard let fields = PostgresError.ServerFields(result) else {
                return terminate(lostError(link.message), &effects)
            }
            guard !fields.isFatal else { return terminate(lostError(fields), &effects) }
            noteFitness(after: fields.sqlState)
            hasFailed = true
            phase = .ending
            let error = error(fields, sql: exchange.statement.text, index: nil, request)
            request.failure = request.failure ?? error
        default:
            let tag = PQcmdStatus(result).map { String(cString: $0) } ?? ""
            endOutOfStep("to a COPY it answered \(tag.isEmpty ? "nothing" : tag)", &effects)
        }
    }

    /// All results of an exchange have come.
    private mutating func end(
        _ exchange: any Exchange, _ request: Request, _ link: Link, _ effects: inout Effects
    ) {
        guard exchange.rows != nil || request.failure != nil else {
            return endOutOfStep("it said it was ready before it had answered", &effects)
        }
        isAnswered = true
        phase = .none
        doubtAt = Monotonic.never
        resumeReading()
        if PQenterPipelineMode(link.pointer) != 1 {
            terminate(lostError(link.message), &effects)
        }
    }

    // MARK: Whoever uses it

    /// Whether whoever uses an exchange has something to do.
    private func isReady(_ request: Request) -> Bool {
        guard !request.isFinished, case .exchange(let exchange) = request.kind else { return true }
        guard request.stop == nil else { return false }
        return exchange.isReady(isRoom: request === current && phase == .moving && !isWriting)
    }

    /// Resumes whoever waits when there is something to do.
    mutating func wake(_ request: Request, _ effects: inout Effects) {
        guard !request.isFinished, isReady(request), case .task(let continuation)? = request.completion else { return }
        request.completion = nil
        request.deadline = Monotonic.never
        effects.woken.append(continuation)
    }

    /// Has somebody wait until there is something to do; the request's timeout runs meanwhile.
    mutating func wait(_ request: Request, _ continuation: RequestContinuation, _ effects: inout Effects) {
        guard !isReady(request) else { return effects.woken.append(continuation) }
        request.completion = .task(continuation)
        guard request.stop == nil, let timeout = request.timeout else { return }
        request.deadline = Monotonic.after(timeout)
        effects.deadline = min(effects.deadline, request.deadline)
    }

    /// Gives something to the link of an exchange.
    ///
    /// - Parameter give: false when libpq refuses.
    mutating func give(_ request: Request, _ effects: inout Effects, _ give: (Link) -> Bool) -> Given {
        if request.isFinished { return .over }
        guard isReady(request), let link else { return .mustWait }
        noteWaitingInput(link, &effects)
        guard give(link) else {
            terminate(lostError(link.message), &effects)
            return .over
        }
        sendAll(link, &effects)
        return request.isFinished ? .over : .taken
    }

    /// Says that nothing more will be given, or why not all of it was.
    mutating func endGiving(_ request: Request, failure: String?, _ effects: inout Effects) -> Given {
        let given = give(request, &effects) { link in
            guard let failure else { return PQputCopyEnd(link.pointer, nil) == 1 }
            return failure.withCString { PQputCopyEnd(link.pointer, $0) == 1 }
        }
        if given == .taken, let link {
            counters.roundTrips += 1
            follow(.results, link, &effects)
            advance(link, &effects)
        }
        return given
    }

    /// Nobody wants the rest of what the server sends.
    mutating func abandon(_ request: Request, _ effects: inout Effects) {
        guard !request.isFinished else { return }
        guard request === current else { return cancel(request, &effects) }
        guard request.stop == nil, !isAnswered else { return }
        request.stop = .abandoned
        // Perhaps the rest has come already.
        stopMoving(request, &effects)
        if let link { advance(link, &effects) }
        guard request === current, !isAnswered else { return }
        stop(request, &effects)
        if let link { advance(link, &effects) }
    }

    /// Stops the bytes of the current exchange, if they flow.
    mutating func stopMoving(_ request: Request, _ effects: inout Effects) {
        guard phase == .moving, let link, case .exchange(let exchange) = request.kind else { return }
        follow(exchange.stop(link), link, &effects)
    }
}

// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import CLibpq

extension ConnectionState {
    /// Sends all of a request, or as much as the socket takes now.
    mutating func send(_ request: Request, _ effects: inout Effects) {
        guard let link else { return }
        flight += 1
        sentAt = Monotonic.now
        position = 0
        hasResult = false
        isAnswered = false
        canHeal = false
        taken = Taken()
        request.answers.removeAll(keepingCapacity: true)
        request.failure = nil
        hasFailed = false
        let status = PQtransactionStatus(link.pointer)
        startedIdle = status == PQTRANS_IDLE
        startedFailed = status == PQTRANS_INERROR
        sentPrefixes = prefixes
        prefixes = []
        noteBeginning()
        noteSize(of: request)
        planSteps(request)
        for step in steps where !transmit(step, request, link) {
            return terminate(lostError(link.message), &effects)
        }
        prepareStep()
        counters.roundTrips += 1
        counters.statements += request.statements.count + sentPrefixes.count
        sendAll(link, &effects)
    }

    /// Decides what goes out, in which order.
    private mutating func planSteps(_ request: Request) {
        steps.removeAll(keepingCapacity: true)
        // DEALLOCATE fails in a failed transaction, and fails the transaction when the name is gone.
        let canClose = startedIdle || Transmission.hasClose
        if canClose { statements.makeRoom() }
        for index in sentPrefixes.indices { steps.append(Step(kind: .prefix, index: index)) }
        for (index, statement) in request.statements.enumerated() {
            var run = Step(kind: .run, index: index)
            if statement.preparation == .cached, heals < Self.mostHeals {
                let key = StatementKey(statement)
                var kept = statements.find(key, flight: flight)
                if kept == nil {
                    kept = statements.insert(key, flight: flight, mayEvict: canClose)
                    if let kept {
                        counters.preparations += 1
                        steps.append(Step(kind: .prepare, index: index, name: kept.name))
                    }
                }
                if let kept { (run.name, run.command, run.keptAt) = (kept.name, kept.command, kept.index) }
            }
            steps.append(run)
        }
        steps.append(Step(kind: .sync))
        if canClose, !statements.unwanted.isEmpty {
            var closing = statements.unwanted.map { Step(kind: .close, name: $0) }
            // A sync of its own: DEALLOCATE is a statement, and some statements have to be the first of their
            // transaction; and if it fails, the statements must not.
            if !Transmission.hasClose { closing.append(Step(kind: .sync)) }
            steps.insert(contentsOf: closing, at: 0)
            statements.forgetUnwanted()
        }
    }

    func transmit(_ step: Step, _ request: Request, _ link: Link) -> Bool {
        switch step.kind {
        case .close:
            guard let name = step.name else { return false }
            return Transmission.close(link, name)
        case .prefix:
            return Transmission.text(link, sentPrefixes[step.index])
        case .prepare:
            guard let name = step.name else { return false }
            return Transmission.prepare(link, request.statements[step.index], name)
        case .run:
            let statement = request.statements[step.index]
            return Transmission.run(
                link, statement, step.name, textResults: statements.usesTextResults(statement.text))
        case .sync:
            return PQpipelineSync(link.pointer) == 1
        }
    }

    /// Sends what was handed to libpq, and notices when that ends the connection.
    mutating func sendAll(_ link: Link, _ effects: inout Effects) {
        flush(link, &effects)
        // Where sending fails libpq reads, and closes the socket at its end: no event will tell.
        if self.link != nil, link.descriptor == nil { receive(&effects) }
    }

    /// Sends what libpq still holds, and watches for room when the socket has none.
    mutating func flush(_ link: Link, _ effects: inout Effects) {
        // A failure is left to the reading side, which finds the server's last words first.
        let isBlocked = PQflush(link.pointer) == 1
        guard isBlocked != isWriting else { return }
        isWriting = isBlocked
        watch(link)
    }

    /// Tells the source what is watched for.
    private func watch(_ link: Link) {
        guard let token, let descriptor = link.descriptor else { return }
        source.watch(token, descriptor, reading: !isPaused, writing: isWriting)
    }

    /// Leaves what comes to the system, which makes the server wait when it can't hold more.
    mutating func pauseReading() {
        guard let link, !isPaused else { return }
        isPaused = true
        watch(link)
    }

    mutating func resumeReading() {
        guard let link, isPaused else { return }
        isPaused = false
        watch(link)
    }
}

// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import CLibpq

extension ConnectionState {
    /// The socket has something to read, or room to write.
    mutating func receive(_ effects: inout Effects) {
        guard let link else { return }
        read(link, &effects)
        received &+= 1
        // Each time would be a tenth of a microsecond for every statement.
        if received & 3 == 0, self.link != nil, link.isFlooded { endFlooded(&effects) }
    }

    private mutating func read(_ link: Link, _ effects: inout Effects) {
        // Looked at ahead of sending: where there is no room libpq reads, and then nothing is left to be seen.
        if phase != .none { noteWaitingInput(link, &effects) }
        if isWriting { flush(link, &effects) }
        if phase != .none { return receiveExchanged(link, &effects) }
        let waiting = isCounting ? kinship_waiting_bytes(PQsocket(link.pointer)) : 0
        let isAlive = PQconsumeInput(link.pointer) == 1 && encryption.drain(link)
        // Of what has come in the meantime nobody can tell, so it may have been more.
        if waiting > 0 { taken.partial += max(0, waiting - kinship_waiting_bytes(PQsocket(link.pointer))) }
        collect(link, &effects)
        if isCounting { takePartialRow(&effects) }
        // What came before the end has been taken; `collect` may have met the end itself.
        if !isAlive, self.link != nil { terminate(lostError(link.message), &effects) }
    }

    /// Takes the results that have come completely.
    mutating func collect(_ link: Link, _ effects: inout Effects) {
        guard current != nil, !isAnswered else {
            takeUnasked(link, &effects)
            return
        }
        while self.link != nil, !isAnswered, current != nil {
            collectOne(link, &effects)
            guard isAnswered, !followers.isEmpty else { break }
            completeIfPossible(&effects)
        }
        completeIfPossible(&effects)
    }

    /// Takes the results of the current request that have come.
    private mutating func collectOne(_ link: Link, _ effects: inout Effects) {
        var emptyAnswers = 0
        // The request may be left by whoever it was of, for what has come.
        while let request = current, !isAnswered, self.link != nil, PQisBusy(link.pointer) == 0 {
            if let result = PQgetResult(link.pointer) {
                emptyAnswers = 0
                take(result, request, link, &effects)
            } else if hasResult {
                hasResult = false
                position += 1
                prepareStep()
            } else {
                // The end of a result that was none. libpq may say so between two results, but not for ever.
                emptyAnswers += 1
                if emptyAnswers > 8 {
                    return terminate(lostError("libpq has no answer to what was sent"), &effects)
                }
            }
        }
    }

    private mutating func take(_ result: OpaquePointer, _ request: Request, _ link: Link, _ effects: inout Effects) {
        guard position < steps.count else {
            PQclear(result)
            return endOutOfStep("there were more answers than questions", &effects)
        }
        let step = steps[position]
        switch PQresultStatus(result) {
        case PGRES_SINGLE_TUPLE:
            take(row: result, of: step, request, &effects)
        case PGRES_TUPLES_OK, PGRES_COMMAND_OK, PGRES_EMPTY_QUERY:
            hasResult = true
            succeed(step, result, request, &effects)
        case PGRES_PIPELINE_SYNC:
            PQclear(result)
            // A sync has no end mark of its own. What wasn't answered before it and wasn't skipped will be answered later:
            // to somebody else.
            guard step.kind == .sync || hasFailed else {
                return endOutOfStep("it said it was ready before it had answered", &effects)
            }
            if lostTransaction(request, link) {
                return endOutOfStep("it said that a transaction was over which nothing had ended", &effects)
            }
            hasResult = false
            hasFailed = false
            position = (steps[position...].firstIndex { $0.kind == .sync } ?? steps.count - 1) + 1
            isAnswered = position == steps.count
            prepareStep()
        case PGRES_PIPELINE_ABORTED:
            PQclear(result)
            hasResult = true
            skip(step, request)
        case PGRES_COPY_IN, PGRES_COPY_OUT, PGRES_COPY_BOTH:
            PQclear(result)
            // A statement that is one isn't sent.
            return endOutOfStep("to what is no COPY it answered with one", &effects)
        default:
            defer { PQclear(result) }
            taken.collected = nil
            // A failure at the sync is followed by the sync's own answer.
            hasResult = step.kind != .sync
            guard let fields = PostgresError.ServerFields(result) else {
                // libpq's own error: the connection is broken or the server's answer makes no sense.
                return terminate(lostError(link.message), &effects)
            }
            guard !fields.isFatal else { return terminate(lostError(fields), &effects) }
            fail(step, fields, isStale: PostgresError.isStalePlan(result), request)
        }
    }

    private mutating func succeed(
        _ step: Step, _ result: OpaquePointer, _ request: Request, _ effects: inout Effects
    ) {
        taken.partial = 0
        if let problem = problem(with: result, as: step, request) {
            PQclear(result)
            return endOutOfStep(problem, &effects)
        }
        guard step.kind == .run, request.answers.count == step.index else { return PQclear(result) }
        if step.name == nil, let tag = PQcmdStatus(result) {
            forgetPrepared(after: tag, request.statements[step.index].text)
        }
        let rows: RowSet
        if let collected = taken.collected.take() {
            rows = collected.finish(ending: result)
        } else {
            rows = RowSet(ResultStorage(result))
            noteLargestRow(of: rows)
        }
        take(rows, of: step, request, &effects)
    }

    /// The server skipped a step because one before it failed.
    private mutating func skip(_ step: Step, _ request: Request) {
        hasFailed = true
        switch step.kind {
        case .close:
            if let name = step.name { statements.closeLater(name) }
        case .prepare:
            statements.remove(StatementKey(request.statements[step.index]), step.name, isOnServer: false)
        case .run:
            if request.answers.count == step.index { request.answers.append(.skipped) }
        case .prefix:
            notePrefixFailed(sentPrefixes[step.index])
        case .sync:
            break
        }
    }

    private mutating func fail(
        _ step: Step, _ fields: PostgresError.ServerFields, isStale: Bool, _ request: Request
    ) {
        hasFailed = true
        noteFitness(after: fields.sqlState)
        largestMessage = max(largestMessage, fields.size)
        switch step.kind {
        case .close:
            break  // Somebody else has closed it.
        case .prefix:
            notePrefixFailed(sentPrefixes[step.index])
            request.failure = error(fields, sql: sentPrefixes[step.index], index: nil, request)
        case .sync:
            // A check that was deferred to the end of the implicit transaction: nothing of it has happened.
            request.failure = error(fields, sql: nil, index: nil, request)
        case .prepare, .run:
            var error = error(fields, sql: request.statements[step.index].text, index: step.index, request)
            let wasStale = heal(step, fields, isStale: isStale, request)
            if wasStale, !canHeal {
                error.code = .statementInvalidated
                error.message += "; run the transaction again, the statement is prepared anew then."
            }
            if request.answers.count == step.index { request.answers.append(.failed(error)) }
        }
    }

    /// Corrects what the connection believes about prepared statements after an error.
    ///
    /// - Returns: whether the statement itself was all right and only its preparation was not.
    private mutating func heal(
        _ step: Step, _ fields: PostgresError.ServerFields, isStale: Bool, _ request: Request
    ) -> Bool {
        let statement = request.statements[step.index]
        let key = StatementKey(statement)
        var isCurable = false
        switch fields.sqlState {
        case "42P05" where step.kind == .prepare:
            // By its name it is the same statement: it is prepared.
            isCurable = true
        case _ where step.kind == .prepare:
            statements.remove(key, step.name, isOnServer: false)
        case "26000" where step.name != nil:
            statements.remove(key, step.name, isOnServer: false)
            isCurable = true
        case "0A000" where step.name != nil && isStale:
            statements.remove(key, step.name, isOnServer: true)
            isCurable = true
        case "42883" where fields.message.contains("binary output") && !statements.usesTextResults(statement.text):
            statements.useTextResults(statement.text)
            isCurable = true
        case "42804", "42703", "42883", "42P01", "42P18", "22P02", "22P03", "22P04", "22P05", "22P06":
            statements.remove(key, step.name, isOnServer: true)
        default:
            break
        }
        // Sent once more only if nothing of the request can have happened: what ran before the failure must have been
        // part of the implicit transaction that the failure has rolled back.
        canHeal =
            isCurable && heals < Self.mostHeals && startedIdle && sentPrefixes.isEmpty && request.stop == nil
            && request.statements[..<step.index].allSatisfy { StatementKind.of($0.text) == .rows }
        return isCurable
    }

    /// Definitions change what prepared statements return, and some statements drop them all.
    private mutating func forgetPrepared(after tag: UnsafePointer<CChar>, _ text: String) {
        switch tag[0] {
        case CChar(truncatingIfNeeded: UInt8(ascii: "A")), CChar(truncatingIfNeeded: UInt8(ascii: "C")),
            CChar(truncatingIfNeeded: UInt8(ascii: "D")), CChar(truncatingIfNeeded: UInt8(ascii: "R")),
            CChar(truncatingIfNeeded: UInt8(ascii: "S")):
            break
        default:
            return
        }
        let tag = String(cString: tag)
        if tag == "DEALLOCATE ALL" || tag == "DISCARD ALL" {
            statements.removeAll(areOnServer: false)
        } else if tag.hasPrefix("ALTER ") || tag.hasPrefix("DROP ")
            || tag.hasPrefix("CREATE ") && tag != "CREATE INDEX"
            || (tag == "SET" || tag == "RESET") && text.lowercased().contains("search_path")
        {
            statements.removeAll(areOnServer: true)
        }
    }
}

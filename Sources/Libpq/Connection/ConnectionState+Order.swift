// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import CLibpq

// The server answers in the order in which it was asked, and nothing else tells which answer belongs to which statement. So whatever
// can't be the answer to what was asked ends the connection: the next answer would be somebody else's.
extension ConnectionState {
    /// For how long after an answer a connection is taken for alive: to look costs a system call, which the next statement in a row
    /// of them would pay for nothing. In nanoseconds.
    private static let freshness: UInt64 = 50_000

    /// Reads what nobody has asked for: notices, notifications and settings may come at any time.
    ///
    /// - Returns: whether the connection goes on.
    @discardableResult
    mutating func takeUnasked(_ link: Link, _ effects: inout Effects) -> Bool {
        _ = PQisBusy(link.pointer)
        takeNotifications(link, &effects)
        guard let stray = notices.takeStray() else { return true }
        endOutOfStep("it sent what nobody had asked for (\(stray))", &effects)
        return false
    }

    /// Hands notifications that have come to whoever listens.
    ///
    /// - Returns: whether there were any.
    @discardableResult
    mutating func takeNotifications(_ link: Link, _ effects: inout Effects) -> Bool {
        var hasCome = false
        while let pointer = PQnotifies(link.pointer) {
            hasCome = true
            largestMessage = max(largestMessage, pointer.pointee.extra.map { String(cString: $0).utf8.count } ?? 0)
            if let sink = notificationSink {
                if let waiting = sink.take(PostgresNotification(pointer.pointee)) { effects.woken.append(waiting) }
            } else {
                notices.noteUnheard(pointer.pointee.relname.map { String(cString: $0) } ?? "")
            }
            PQfreemem(pointer)
        }
        return hasCome
    }

    /// Looks whether the connection still is one, before something is sent that would be lost with it.
    ///
    /// Only between transactions: what is sent in one is lost with it anyway.
    mutating func isOpen(_ effects: inout Effects) -> Bool {
        guard let link else { return false }
        guard current == nil, !isPaused, PQtransactionStatus(link.pointer) == PQTRANS_IDLE else { return true }
        let now = Monotonic.now
        guard now >= heardAt.later(by: Self.freshness) else { return true }
        heardAt = now
        let isAlive = PQconsumeInput(link.pointer) == 1 && encryption.drain(link)
        guard takeUnasked(link, &effects) else { return false }
        if let fatal = notices.fatal {
            terminate(lostError(fatal), &effects)
        } else if !isAlive {
            terminate(lostError(link.message), &effects)
        }
        return self.link != nil
    }

    /// Why a result can't be the answer to a step; nil when it can.
    mutating func problem(with result: OpaquePointer, as step: Step, _ request: Request) -> String? {
        let status = PQresultStatus(result)
        guard let tag = PQcmdStatus(result) else { return nil }
        func said() -> String { tag[0] == 0 ? "nothing" : String(cString: tag) }
        switch step.kind {
        case .sync:
            return "there were more answers than statements"
        case .prepare:
            let fits = status == PGRES_COMMAND_OK && tag[0] == 0
            return fits ? nil : "to a statement that was to be prepared it answered \(said())"
        case .close:
            let fits = Transmission.hasClose ? tag[0] == 0 : ExpectedCommand.begins(tag, "DEALLOCATE")
            return fits && status == PGRES_COMMAND_OK ? nil : "to the closing of a statement it answered \(said())"
        case .prefix:
            let fits = status == PGRES_COMMAND_OK && tag[0] != 0 && sentPrefixes[step.index].hasPrefix(said())
            return fits ? nil : "to \(sentPrefixes[step.index]) it answered \(said())"
        case .run:
            let command = step.command ?? ExpectedCommand.of(request.statements[step.index].text)
            if status == PGRES_EMPTY_QUERY {
                if case .nothing = command { return nil }
                return "it took a statement for an empty text"
            }
            guard command.allows(tag) else { return "to a statement of another kind it answered \(said())" }
            if let name = step.name, !statements.note(shape: Self.shape(of: result), of: name, at: step.keptAt) {
                return "a prepared statement's result has other columns than before"
            }
            return nil
        }
    }

    /// Whether the server says that a transaction is over which nothing in the flight had ended: what was done in it is gone, or was
    /// never in it.
    func lostTransaction(_ request: Request, _ link: Link) -> Bool {
        guard !hasFailed, !startedIdle || sentPrefixes.contains(where: { $0.hasPrefix("BEGIN") }),
            PQtransactionStatus(link.pointer) == PQTRANS_IDLE
        else { return false }
        return !request.statements.contains { statement in
            ["commit", "end", "rollback", "abort", "prepare"].contains(StatementKind.keyword(of: statement.text))
        }
    }

    /// A number that tells the types of columns from others.
    private static func shape(of result: OpaquePointer) -> UInt64 {
        let columns = PQnfields(result)
        // FNV-1a, a step for each column.
        var shape = (0xcbf2_9ce4_8422_2325 ^ UInt64(UInt32(bitPattern: columns))) &* 0x100_0000_01b3
        for column in 0..<columns { shape = (shape ^ UInt64(PQftype(result, column))) &* 0x100_0000_01b3 }
        return shape
    }

    /// Ends a connection whose answers can't be told apart any more. What came before in the same request may be another's, too.
    mutating func endOutOfStep(_ reason: String, _ effects: inout Effects) {
        if let request = current, !isAnswered { request.answers.removeAll() }
        taken = Taken()
        terminate(
            PostgresError(
                .connectionLost,
                "The connection was closed because its answers don't belong to what was asked: \(reason). Look at what lies "
                    + "between here and the server."), stopsServer: true, &effects)
    }
}

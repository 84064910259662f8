// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import CLibpq

// Requests with limits are read row by row, so that what is too much is known with the first row of it.
extension ConnectionState {
    /// How many bytes may be read and dropped to keep a connection; to make another one takes about as long.
    private static let mostDropped = 8 << 20
    /// How far what came of a row that isn't complete may be over the limit: notices and descriptions of columns come in between.
    private static let tolerance = 1 << 20

    /// What has been taken of the current flight's results.
    struct Taken {
        var rows = 0
        var bytes = 0
        /// The rows of a statement that isn't at its end.
        var collected: RowCollector?
        /// How many bytes of a row that isn't complete have come, at least.
        var partial = 0
        /// How many bytes were dropped.
        var dropped = 0

        mutating func add(_ rows: RowSet) {
            self.rows += rows.count
            bytes += rows.memorySize
        }

        /// Counts a row that nobody takes by its bytes on the wire: a type, a length, a number of cells, and for each a length.
        mutating func drop(_ row: OpaquePointer) {
            dropped += 7
            for column in 0..<PQnfields(row) { dropped += 4 + Int(PQgetlength(row, 0, column)) }
        }
    }

    /// At each step before its result is looked at: the rows of a statement with limits shall come one at a time.
    func prepareStep() {
        guard let link, let request = current, request.limits.areSet || request.isStandIn, position < steps.count,
            steps[position].kind == .run
        else { return }
        // Where libpq refuses, all rows come at once and are refused then.
        PQsetSingleRowMode(link.pointer)
    }

    /// Whether it counts how many bytes come.
    var isCounting: Bool {
        guard let current, !isAnswered else { return false }
        return current.limits.bytes != nil || current.stop == .tooLarge
    }

    /// Takes a row of a statement with limits.
    mutating func take(row: OpaquePointer, of step: Step, _ request: Request, _ effects: inout Effects) {
        defer { PQclear(row) }
        taken.partial = 0
        guard request.stop != .tooLarge, step.kind == .run, request.answers.count == step.index else {
            taken.drop(row)
            return giveUpIfWorthless(&effects)
        }
        if taken.collected == nil { taken.collected = RowCollector(like: row) }
        let before = taken.collected?.memorySize ?? 0
        guard let collected = taken.collected, collected.append(row) else {
            return refuse(step, request, PostgresError.noMemoryForRows, isComplete: false, &effects)
        }
        let size = collected.memorySize
        largestMessage = max(largestMessage, size - before)
        if let kind = request.limits.exceeded(rows: taken.rows + Int(collected.count), bytes: taken.bytes + size) {
            refuse(step, request, tooLarge(kind, step, request), isComplete: false, &effects)
        }
    }

    /// All rows of a statement have come.
    mutating func take(_ rows: RowSet, of step: Step, _ request: Request, _ effects: inout Effects) {
        guard request.limits.areSet || request.isStandIn else { return request.answers.append(.rows(rows)) }
        guard request.stop != .tooLarge else { return request.answers.append(.skipped) }
        taken.add(rows)
        if let kind = request.limits.exceeded(rows: taken.rows, bytes: taken.bytes) {
            return refuse(step, request, tooLarge(kind, step, request), isComplete: true, &effects)
        }
        request.answers.append(.rows(rows))
    }

    /// Bytes have come that make up no complete row: too many of them are refused as well.
    mutating func takePartialRow(_ effects: inout Effects) {
        guard let request = current, position < steps.count else { return }
        if request.stop == .tooLarge { return giveUpIfWorthless(&effects) }
        let step = steps[position]
        let size = taken.bytes + (taken.collected?.memorySize ?? 0) + taken.partial
        guard step.kind == .run, request.answers.count == step.index, let most = request.limits.bytes,
            size - Self.tolerance > most
        else { return }
        largestMessage = max(largestMessage, taken.partial)
        refuse(step, request, tooLarge(.bytes, step, request), isComplete: false, &effects)
    }

    /// Notes how large the largest row of a result was, if one may be larger than what a buffer is kept for.
    mutating func noteLargestRow(of rows: RowSet) {
        guard rows.memorySize > keptBuffer, largestMessage <= keptBuffer else { return }
        for row in 0..<rows.count {
            var size = 0
            for column in 0..<rows.columnCount { size += rows.bytes(row: row, column: column)?.count ?? 0 }
            largestMessage = max(largestMessage, size)
            if largestMessage > keptBuffer { return }
        }
    }

    /// Notes how large a request's values are: libpq's buffer for sending grows to hold them, and never shrinks.
    mutating func noteSize(of request: Request) {
        var size = 0
        for statement in request.statements { size += statement.parameters.bytes.count + statement.text.utf8.count }
        largestMessage = max(largestMessage, size)
    }

    private func tooLarge(_ kind: ResultLimits.Kind, _ step: Step, _ request: Request) -> PostgresError {
        request.limits.refusal(
            kind, sql: request.statements[step.index].text,
            statementIndex: request.statements.count > 1 ? step.index : nil)
    }

    /// Answers a statement with an error of our own, and stops what it and those behind it are doing.
    private mutating func refuse(
        _ step: Step, _ request: Request, _ error: PostgresError, isComplete: Bool, _ effects: inout Effects
    ) {
        taken.collected = nil
        request.answers.append(.failed(error))
        guard request.stop == nil else { return }
        let isLast = isComplete && !steps[position...].dropFirst().contains { $0.kind == .run }
        if !isLast, request.isShared, isFollowed {
            // A request to cancel could meet those behind it.
            request.stop = .tooLarge
            return leave(request, &effects)
        }
        if !isLast { stop(request, &effects) }
        request.stop = .tooLarge
        // Each row that is read until then makes room for another one.
        if case .running = cancelling { pauseReading() }
    }

    /// Closes a connection on which so much is under way still that to read it is not worth it.
    private mutating func giveUpIfWorthless(_ effects: inout Effects) {
        guard taken.dropped + taken.partial > Self.mostDropped else { return }
        terminate(
            PostgresError(
                .connectionLost,
                "The connection was closed: a result was larger than allowed, and too much of it was under way still."),
            stopsServer: true, &effects)
    }
}

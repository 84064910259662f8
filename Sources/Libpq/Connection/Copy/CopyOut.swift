// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

extension Connection {
    /// The rows that `COPY … TO STDOUT` sends, as they come.
    ///
    /// ```swift
    /// for try await chunk in connection.copyOut("copy (select id, name from customer) to stdout (format csv)") {
    ///     try file.write(contentsOf: chunk)
    /// }
    /// ```
    ///
    /// The statement is sent with the first chunk that is asked for; each time the sequence is gone through, it is run anew. A chunk
    /// holds whole rows, as many as have come, up to 64 KiB and one row more. While nobody asks for the next one, no more is kept:
    /// the server waits.
    ///
    /// Leaving the loop early cancels the COPY on the server; the connection is ready again when the server has stopped, or closed
    /// when too much is under way. Inside a transaction that fails the transaction, as any error does: read to the end, or put a
    /// `withTransaction` of its own around it. Other requests of the connection wait until the COPY is over, so don't make one
    /// inside the loop.
    ///
    /// One statement and one round trip; in a transaction whose first statement it is, one more for BEGIN.
    ///
    /// - Parameters:
    ///   - sql: the statement; names may be put in as `\(identifier: name)`, values not.
    ///   - timeout: how long the server may take for the first bytes and between any two, instead of
    ///     ``ConnectionConfiguration/statementTimeout``. The time that the loop takes doesn't count.
    ///   - limits: how many rows and bytes may come; any number when nil, for what comes is not kept.
    ///   - progress: told of each chunk before it is handed out.
    /// - Returns: a sequence that throws ``PostgresError``, with how far it had come in ``PostgresError/copy``:
    ///   ``PostgresError/Code/server``, ``PostgresError/Code/resultTooLarge``, ``PostgresError/Code/misuse`` for another statement,
    ///   ``PostgresError/Code/statementTimeout``, ``PostgresError/Code/connectionLost``; `CancellationError`.
    public func copyOut(
        _ sql: SQL, timeout: Duration? = nil, limits: ResultLimits? = nil,
        progress: (@Sendable (CopyProgress) -> Void)? = nil
    ) -> CopyOut {
        CopyOut(connection: self, sql: sql, timeout: timeout, limits: limits ?? ResultLimits(), progress: progress)
    }
}

/// The rows of a `COPY … TO STDOUT` in chunks: ``Connection/copyOut(_:timeout:limits:progress:)``.
public struct CopyOut: AsyncSequence, Sendable {
    /// Whole rows, in the format that the statement names.
    public typealias Element = [UInt8]

    let connection: Connection
    let sql: SQL
    let timeout: Duration?
    let limits: ResultLimits
    let progress: (@Sendable (CopyProgress) -> Void)?

    /// Runs the statement once.
    public func makeAsyncIterator() -> AsyncIterator { AsyncIterator(reading: CopyReading(self)) }

    /// Asks for one chunk after the other.
    public struct AsyncIterator: AsyncIteratorProtocol {
        let reading: CopyReading

        /// The next chunk; nil when all rows have come.
        public mutating func next() async throws -> [UInt8]? { try await reading.next(isolation: nil) }

        /// The next chunk; nil when all rows have come.
        public mutating func next(isolation actor: isolated (any Actor)?) async throws -> [UInt8]? {
            try await reading.next(isolation: actor)
        }
    }
}

/// One run of a COPY whose rows are taken; letting go of it abandons the rest.
final class CopyReading {
    private let copy: CopyOut
    private var running: (request: Request, exchange: CopyOutExchange, observation: RequestObservation?)?
    private var isOver = false
    private var progress = CopyProgress()

    init(_ copy: CopyOut) { self.copy = copy }

    deinit {
        guard var running else { return }
        copy.connection.abandon(running.request)
        running.observation?.end(
            RequestReport(statements: [running.exchange.statement], outcomes: [], failure: nil, isCancelled: true))
    }

    func next(isolation: isolated (any Actor)?) async throws -> [UInt8]? {
        guard !isOver else { return nil }
        let isFirst = running == nil
        if isFirst { try begin() }
        guard let (request, exchange, _) = running else { return nil }

        let connection = copy.connection
        let chunk = await withTaskCancellationHandler(
            operation: {
                // A server that is always ahead never has anybody wait, and whoever is to cancel this needs a thread as well.
                if isFirst { await connection.submit(exchanging: request) } else { await Task.yield() }
                while true {
                    if let chunk = connection.takeChunk(of: exchange, request) { return chunk as Chunk? }
                    if connection.isOver(request) { return nil }
                    await connection.wait(for: request)
                }
            }, onCancel: { connection.cancel(request) }, isolation: isolation)
        if let chunk {
            progress = chunk.progress
            copy.progress?(progress)
            return chunk.bytes
        }
        var observation = running?.observation
        running = nil
        isOver = true
        observation?.end(request.report)
        connection.logNotices()
        if let failure = request.failure, request.stop != .taskCancelled { throw failure.inCopy(progress) }
        // All rows have been taken: a cancellation came too late.
        if exchange.rows != nil, request.failure == nil { return nil }
        throw CancellationError()
    }

    private func begin() throws {
        isOver = true
        let exchange = CopyOutExchange(try .copy(copy.sql, .toClient), limits: copy.limits)
        let timeout = copy.timeout ?? copy.connection.configuration.statementTimeout
        running = (
            Request(.exchange(exchange), timeout: timeout), exchange, copy.connection.observe([exchange.statement])
        )
        isOver = false
    }
}

private typealias Chunk = (bytes: [UInt8], progress: CopyProgress)

extension Connection {
    /// Takes what has come, and has more come.
    fileprivate func takeChunk(of exchange: CopyOutExchange, _ request: Request) -> Chunk? {
        var chunk: Chunk?
        transition { state, effects in
            chunk = exchange.takePending()
            guard chunk != nil else { return }
            state.largestMessage = max(state.largestMessage, exchange.largestRow)
            if let link = state.link, request === state.current { state.advance(link, &effects) }
        }
        return chunk
    }
}

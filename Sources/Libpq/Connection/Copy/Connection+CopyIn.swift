// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

extension Connection {
    /// Sends rows to the server with `COPY … FROM STDIN`, as fast as it takes them.
    ///
    /// ```swift
    /// let rows = [["1", "Ada"], ["2", nil]]
    /// let count = try await connection.copyIn(
    ///     "copy customer (id, name) from stdin", from: rows.lazy.map { CopyText.row($0) })
    /// ```
    ///
    /// All rows are stored or none: when `source` throws, the task is cancelled or the server refuses a row, nothing of it is.
    /// Inside ``withTransaction(isolation:readOnly:deferrable:actor:_:)`` it is part of the transaction. Nothing is asked of
    /// `source` before the server has agreed, nor while what it gave waits to be sent: at most 64 KiB and one of its chunks are kept.
    /// What the server refuses is told at the next chunk, or at the end; a source that takes its time is not interrupted.
    ///
    /// One statement and two round trips; in a transaction whose first statement it is, one more for BEGIN. Other requests of the
    /// connection wait meanwhile, so `source` must not wait for one.
    ///
    /// - Parameters:
    ///   - sql: the statement; names may be put in as `\(identifier: name)`, values not.
    ///   - source: the data, in pieces of any size, in the format that the statement names (text when none).
    ///   - timeout: how long the server may take to agree, to make room, and at the end to check all rows, each time, instead of
    ///     ``ConnectionConfiguration/statementTimeout``. The time that `source` takes doesn't count.
    ///   - maximumBytes: how much `source` may give; nil is any amount.
    ///   - isolation: leave it out; `source` is asked where the caller is.
    ///   - progress: told after each piece that was given to the connection.
    /// - Returns: how many rows were stored.
    /// - Throws: what `source` throws; ``PostgresError``, with the line at fault in ``PostgresError/copy``:
    ///   ``PostgresError/Code/server`` for data that the server refuses, ``PostgresError/Code/invalidParameter`` for more than
    ///   `maximumBytes`, ``PostgresError/Code/misuse`` for another statement, ``PostgresError/Code/statementTimeout``,
    ///   ``PostgresError/Code/connectionLost``; `CancellationError`.
    @discardableResult
    public func copyIn<Source: AsyncSequence>(
        _ sql: SQL, from source: Source, timeout: Duration? = nil, maximumBytes: Int? = nil,
        isolation: isolated (any Actor)? = #isolation, progress: ((CopyProgress) -> Void)? = nil
    ) async throws -> Int where Source.Element: Sequence<UInt8> {
        var iterator = source.makeAsyncIterator()
        return try await copyIn(sql, timeout, maximumBytes, isolation, progress) {
            try await iterator.next(isolation: isolation)
        }
    }

    /// Sends rows that are at hand with `COPY … FROM STDIN`, as fast as the server takes them.
    ///
    /// ```swift
    /// let count = try await connection.copyIn("copy customer (id, name) from stdin", from: ["1\tAda\n".utf8])
    /// ```
    ///
    /// Else as ``copyIn(_:from:timeout:maximumBytes:isolation:progress:)-(_,Source,_,_,_,_)`` of an asynchronous source. A lazy
    /// sequence is asked for its next piece when there is room.
    @discardableResult
    public func copyIn<Source: Sequence>(
        _ sql: SQL, from source: Source, timeout: Duration? = nil, maximumBytes: Int? = nil,
        isolation: isolated (any Actor)? = #isolation, progress: ((CopyProgress) -> Void)? = nil
    ) async throws -> Int where Source.Element: Sequence<UInt8> {
        var iterator = source.makeIterator()
        return try await copyIn(sql, timeout, maximumBytes, isolation, progress) { iterator.next() }
    }

    private func copyIn<Chunk: Sequence<UInt8>>(
        _ sql: SQL, _ timeout: Duration?, _ maximumBytes: Int?, _ isolation: isolated (any Actor)?,
        _ progress: ((CopyProgress) -> Void)?, _ next: () async throws -> Chunk?
    ) async throws -> Int {
        let exchange = CopyInExchange(try .copy(sql, .fromClient))
        let request = Request(.exchange(exchange), timeout: timeout ?? configuration.statementTimeout)
        var observation = observe([exchange.statement])
        var supply = CopySupply(self, request, maximumBytes: maximumBytes)
        var failure: (any Error)?
        await withTaskCancellationHandler(
            operation: {
                await submit(exchanging: request)
                do {
                    while !isOver(request), let chunk = try await next() {
                        guard try await supply.add(chunk, progress) else { break }
                    }
                    await supply.finish(progress)
                } catch {
                    failure = error
                    await supply.finish(failure: "the source of the data failed")
                }
                await end(of: request)
            }, onCancel: { cancel(request) }, isolation: isolation)
        observation?.end(request.report)
        // Stored, whatever else has happened meanwhile.
        if request.failure == nil, let rows = exchange.rows { return rows }
        if request.isCancelled { throw CancellationError() }
        if let error = failure { throw (error as? PostgresError)?.inCopy(supply.progress) ?? error }
        throw (request.failure ?? PostgresError(.misuse, "The server has not answered the COPY.", sql: sql.text))
            .inCopy(supply.progress)
    }
}

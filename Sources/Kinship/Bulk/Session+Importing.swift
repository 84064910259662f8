// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Libpq
public import RelationPlanner

extension Session {
    /// Makes records of text: lines of JSON or CSV, however many there are.
    ///
    /// ```swift
    /// let bytes = AsyncStream<[UInt8]> { continuation in
    ///     continuation.yield(Array("id,name\n1,Ada\n2,\n".utf8))
    ///     continuation.finish()
    /// }
    /// let summary = try await database.importRecords(into: "Customer", from: bytes, format: .csv)
    /// print(summary.made)
    /// ```
    ///
    /// Each record is checked as ``createAll(_:_:filter:)`` does, and goes to the server in a binary COPY while the next ones are
    /// read. All of it is one transaction: records are stored together or not at all. What is in memory are some MiB, whatever the
    /// size of the input, which is asked for more when the server has taken what there was.
    ///
    /// With a `conflict` other than `.fail`, with `.collect`, and where the table has row-level security, is a view or has
    /// columns whose binary form is the server's own affair, rows go into a temporary table first, from which one INSERT takes
    /// them.
    ///
    /// - Parameters:
    ///   - model: the model's name.
    ///   - source: the bytes, in pieces of any size.
    ///   - format: what they are.
    ///   - conflict: what becomes of a record whose key is there already.
    ///   - key: the properties of a unique index by which records are the same; nil for the primary key.
    ///   - errorPolicy: what becomes of the others when a record can't be stored.
    ///   - takesKeys: whether the data may have keys that the database makes otherwise, as an export has them. They may where
    ///     `conflict` isn't `.fail`.
    ///   - isDryRun: whether everything is taken back at the end.
    ///   - timeout: how long the server may take to store what it was sent, instead of the connection's `statementTimeout`.
    ///   - isolation: leave it out; `source` is asked where the caller is.
    ///   - progress: told after each piece that was sent.
    /// - Returns: what became of the records.
    /// - Throws: ``ImportError`` for records that can't be stored, with line, property and constraint of each; ``PlannerError``, among
    ///   them `UNKNOWN_PROPERTY` for a header of CSV that names none, and `UNSUPPORTED` for a `key` that no unique index has; what
    ///   `source` throws; ``PostgresError``; `CancellationError`. Nothing is stored then.
    /// - Note: A COPY for each 4 MiB of rows, or one and an INSERT for each set of properties that records have.
    @discardableResult
    public func importRecords<Source: AsyncSequence>(
        into model: String, from source: Source, format: RecordFormat, onConflict conflict: ConflictPolicy = .fail,
        key: [String]? = nil, onError errorPolicy: ErrorPolicy = .fail, takesKeys: Bool = false, isDryRun: Bool = false,
        timeout: Duration? = nil, isolation: isolated (any Actor)? = #isolation,
        progress: ((ImportProgress) -> Void)? = nil
    ) async throws -> ImportSummary where Source.Element: Sequence<UInt8> {
        var iterator = source.makeAsyncIterator()
        let input = ImportInput.bytes(format) { try await iterator.next(isolation: isolation).map { Array($0) } }
        return try await importRecords(
            into: model, input, ImportRequest(conflict, key, errorPolicy, takesKeys, isDryRun, timeout), progress)
    }

    /// Makes records, however many there are.
    ///
    /// ```swift
    /// let records = AsyncStream<JSONValue> { continuation in
    ///     for number in 1...100_000 { continuation.yield(["name": "Customer \(number)"]) }
    ///     continuation.finish()
    /// }
    /// try await database.importRecords(into: "Customer", records: records)
    /// ```
    ///
    /// Else as ``importRecords(into:from:format:onConflict:key:onError:takesKeys:isDryRun:timeout:isolation:progress:)``; what is
    /// told of lines are the records' numbers.
    @discardableResult
    public func importRecords<Source: AsyncSequence>(
        into model: String, records source: Source, onConflict conflict: ConflictPolicy = .fail,
        key: [String]? = nil, onError errorPolicy: ErrorPolicy = .fail, takesKeys: Bool = false, isDryRun: Bool = false,
        timeout: Duration? = nil, isolation: isolated (any Actor)? = #isolation,
        progress: ((ImportProgress) -> Void)? = nil
    ) async throws -> ImportSummary where Source.Element == JSONValue {
        var iterator = source.makeAsyncIterator()
        let input = ImportInput.records { try await iterator.next(isolation: isolation) }
        return try await importRecords(
            into: model, input, ImportRequest(conflict, key, errorPolicy, takesKeys, isDryRun, timeout), progress)
    }

    private func importRecords(
        into name: String, _ input: ImportInput, _ request: ImportRequest, _ progress: ((ImportProgress) -> Void)?,
        isolation: isolated (any Actor)? = #isolation
    ) async throws -> ImportSummary {
        let context = context
        let planning = context.planning
        if context.hooks?.takesPart(in: name) == true {
            throw PlannerError(
                .unsupported,
                "\(name) has hooks or validators, which COPY would pass over; make its records by createAll.",
                model: name)
        }
        let model = try planning.model(name)
        try planning.refuseTenant(of: model)
        let (scope, new) = try await context.answering { planning in
            (
                try planning.defaultCondition(of: model, unscoped: context.isUnscoped),
                try planning.scoped.resolved(.always, for: model.id, unscoped: context.isUnscoped, isNew: true)
            )
        }
        let preparation = try request.prepare(planning, model, scope, new: new)
        let reader = ImportReader(input, preparation.encoder, keepsSource: request.errorPolicy.limit > 0)
        var run: ImportRun?
        do {
            return try await withTransaction(isolation: .readCommitted) { transaction in
                let connection = try transaction.connection
                let attempt = ImportRun(
                    connection, reader, preparation.writer, planning.schema, isStaged: preparation.isStaged,
                    onError: request.errorPolicy, timeout: request.timeout, progress: progress)
                run = attempt
                try await attempt()
                // What is looked at at COMMIT only is looked at while its error can still be told.
                if case .pool = context.source {
                    try await connection.execute(
                        Statement("SET CONSTRAINTS ALL IMMEDIATE", preparation: .unnamed), timeout: request.timeout)
                }
                if request.isDryRun { throw RolledBack() }
                return attempt.summary
            }
        } catch is RolledBack {
            return run?.summary ?? ImportSummary()
        } catch let error as PostgresError {
            guard let run else { throw error }
            throw await run.explain(error) { body in
                try await withTransaction(isolation: .readCommitted) { try await body($0.connection) }
            }
        }
    }
}

// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Libpq
import RelationPlanner

// Rows by way of a temporary table: records may be there already, or be refused one by one.
extension ImportRun {
    /// From so many rows on the server is asked to look at them first.
    private static let manyRows = 1000

    /// Stages all rows, and makes records of them.
    func stage(isolation: isolated (any Actor)? = #isolation) async throws {
        try await execute((writer.createStage, []))
        chunk = ImportChunk(writer.copyToStage, isKept: false)
        try await connection.copyIn("\(unsafeRaw: chunk.statement)", from: ImportRows(self, nil), timeout: timeout)
        tell(.storing)
        if staged.count > 1 { try await index() }
        if chunk.count >= Self.manyRows { try await execute((writer.analyzeStage, [])) }
        let (refused, made, updated) = (summary.rejected.count, summary.made, summary.updated)
        try await refuseRepeated()
        for number in staged.indices { try await refuseUnreachable(number) }
        if let lines {
            for number in staged.indices { try await makeRecords(number, lines) }
        }
        let stored = summary.made - made + summary.updated - updated
        summary.skipped += chunk.count - (summary.rejected.count - refused) - stored
        try await execute((writer.dropStage, []))
    }

    /// Lets rows of one set of columns, and of some lines, be found without looking through all.
    private func index(isolation: isolated (any Actor)? = #isolation) async throws {
        isIndexed = true
        try await execute((writer.indexStage, []))
    }

    @discardableResult
    private func execute(
        _ query: ImportWriter.Query, isolation: isolated (any Actor)? = #isolation
    ) async throws -> RowSet {
        var parameters = Parameters()
        for value in query.values { try parameters.append(value) }
        return try await connection.execute(
            Statement(query.text, parameters, preparation: .unnamed), timeout: timeout)
    }

    // MARK: What is refused ahead

    /// How many refusals have to be known before it is certain that they are too many.
    private var room: Int { onError.limit - summary.rejected.count + 1 }

    /// Refuses records whose key an earlier one has.
    private func refuseRepeated(isolation: isolated (any Actor)? = #isolation) async throws {
        guard let query = writer.repeated(limit: room) else { return }
        let rows = try await execute(query)
        try await refuse(rows, set: nil) { row in
            let earlier = try rows.decode(Int.self, row: row, column: 2)
            return "The record has the same key as the one in line \(earlier); give each key once."
        }
    }

    /// Refuses records that would change one which is out of reach.
    ///
    /// - Parameter lines: those that are looked at; nil for all.
    private func refuseUnreachable(
        _ number: Int, among lines: [Int]? = nil, isolation: isolated (any Actor)? = #isolation
    ) async throws {
        let columns = columns(staged[number])
        guard let query = try writer.unreachable(columns, set: number, among: lines, limit: room) else {
            return
        }
        let version = model.version.map { "its \($0.name) is another one by now, or " } ?? ""
        let rows = try await execute(query)
        try await refuse(rows, set: number) { _ in
            "The record that has this key can't be changed: \(version)the default scope of \(model.name) hides it."
        }
    }

    private func refuse(
        _ rows: RowSet, set number: Int?, isolation: isolated (any Actor)? = #isolation,
        _ message: (Int) throws -> String
    ) async throws {
        guard rows.count > 0 else { return }
        var lines: [Int] = []
        for row in 0..<rows.count {
            var report = ErrorReport(PlannerError.Code.conflict.kind, try message(row))
            report.model = model.name
            report.properties = writer.keyNames
            let line = try rows.decode(Int.self, row: row, column: 0)
            try reject(RejectedRecord(line: line, report, source: try source(rows, row: row, column: 1)))
            lines.append(line)
        }
        try await execute(writer.discard(lines: lines, set: number))
    }

    private func source(_ rows: RowSet, row: Int, column: Int) throws -> [UInt8]? {
        rows.isNull(row: row, column: column) ? nil : try rows.decode([UInt8].self, row: row, column: column)
    }

    // MARK: Storing

    /// Makes records of the staged rows in a range of lines; where the server refuses one it is looked for by halves, each of which
    /// is stored where it can be.
    private func makeRecords(
        _ number: Int, _ lines: ClosedRange<Int>, isolation: isolated (any Actor)? = #isolation
    ) async throws {
        let columns = columns(staged[number])
        do {
            let (stored, made, missing) = try await connection.withTransaction { _ in
                var known: Int?
                if let query = writer.known(columns, set: number, lines: lines) {
                    known = try await execute(query).decode(Int.self, row: 0, column: 0)
                }
                let rows = try await execute(try writer.store(columns, set: number, lines: lines))
                let stored = try rows.decode(Int.self, row: 0, column: 0)
                let made = try known.map { stored - $0 } ?? rows.decode(Int.self, row: 0, column: 1)
                let missing = rows.columns.count > 2 ? try rows.decode([Int].self, row: 0, column: 2) : []
                return (stored, made, missing)
            }
            summary.made += made
            summary.updated += stored - made
            // What somebody else has made or changed since it was looked at is held by now.
            if !missing.isEmpty { try await refuseUnreachable(number, among: missing) }
        } catch let error as PostgresError where isOfOneRow(error) {
            guard lines.count > 1 else {
                let rows = try await execute(writer.source(ofLine: lines.lowerBound, set: number))
                let source = rows.count > 0 ? try source(rows, row: 0, column: 0) : nil
                return try reject(RejectedRecord(line: lines.lowerBound, report(error), source: source))
            }
            if !isIndexed { try await index() }
            let middle = lines.lowerBound + lines.count / 2
            try await makeRecords(number, lines.lowerBound...(middle - 1))
            try await makeRecords(number, middle...lines.upperBound)
        }
    }
}

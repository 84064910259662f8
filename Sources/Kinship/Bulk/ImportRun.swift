// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Libpq
import RelationPlanner

/// One import, in a transaction: rows go straight into their table, or by way of a temporary one.
///
/// Straight go rows that the server can take as they are, whose keys aren't to be there yet, and of which none may be refused; they
/// are as many COPYs as there are changes of the columns that records have, or 4 MiB of rows. After some such changes, and for
/// everything else, rows are staged in a temporary table, out of which one INSERT for each set of columns makes records.
final class ImportRun {
    /// After so many changes of columns the rows are staged.
    private static let mostChanges = 16
    /// So many sets of columns are told apart; what is kept of them is some MiB then.
    private static let mostSets = 65_536

    let reader: ImportReader
    let encoder: RowEncoder
    let writer: ImportWriter
    let schema: Schema
    let model: Model
    let connection: Connection
    let onError: ErrorPolicy
    let timeout: Duration?
    private let progress: ((ImportProgress) -> Void)?
    /// Whether all rows are staged.
    private var isStaged: Bool

    var summary = ImportSummary()
    /// The COPY that is under way, or was the last.
    var chunk = ImportChunk("", isKept: false)
    private var isPending = false
    /// The sets of columns that rows are staged with.
    private var sets: [ColumnSet: Int] = [:]
    private(set) var staged: [ColumnSet] = []
    private(set) var lines: ClosedRange<Int>?
    /// Whether the staged rows have an index.
    var isIndexed = false

    init(
        _ connection: Connection, _ reader: ImportReader, _ writer: ImportWriter, _ schema: Schema, isStaged: Bool,
        onError: ErrorPolicy, timeout: Duration?, progress: ((ImportProgress) -> Void)?
    ) {
        self.connection = connection
        self.reader = reader
        encoder = reader.encoder
        self.writer = writer
        self.schema = schema
        model = reader.encoder.model
        self.isStaged = isStaged
        self.onError = onError
        self.timeout = timeout
        self.progress = progress
    }

    /// The table, as the catalog has it.
    var table: Catalog.Table? { schema.catalog?.table(model.tableSchema, model.table) }

    /// Reads and stores everything.
    func callAsFunction(isolation: isolated (any Actor)? = #isolation) async throws {
        encoder.omits = !isStaged
        var changes = 0
        var last: ColumnSet?
        while !isStaged, try await hasRow() {
            let set = encoder.set
            if let last, last != set { changes += 1 }
            let columns = columns(set)
            guard changes <= Self.mostChanges, !columns.written.isEmpty, columns.written.allSatisfy(writer.canCopy)
            else {
                encoder.spread()
                isStaged = true
                break
            }
            last = set
            try await copy(columns, set)
        }
        if isStaged, try await hasRow() { try await stage() }
        summary.records = reader.records
        summary.bytes = reader.bytes
    }

    private func copy(
        _ columns: ImportWriter.Columns, _ set: ColumnSet, isolation: isolated (any Actor)? = #isolation
    ) async throws {
        // Records may refer to others of the import that come later: of one COPY all are there when that is looked at.
        let name = Catalog.TableName(model.tableSchema, model.table)
        let refersToItself = table?.foreignKeys.contains { $0.target == name } ?? false
        chunk = ImportChunk(writer.copy(columns), isKept: !refersToItself)
        let stored = try await connection.copyIn(
            "\(unsafeRaw: chunk.statement)", from: ImportRows(self, set), timeout: timeout)
        summary.made += stored
        summary.skipped += chunk.count - stored
    }

    // MARK: Records

    /// Whether there is another row; records that can't be one are put aside.
    func hasRow(isolation: isolated (any Actor)? = #isolation) async throws -> Bool {
        while true {
            if let isThere = try nextRow() { return isThere }
            try await fetch()
        }
    }

    /// Whether there is another row, as far as that can be told without more of the input; else nil.
    func nextRow() throws -> Bool? {
        while !isPending {
            switch try reader.step() {
            case .row: isPending = true
            case .end: return false
            case .input: return nil
            case .rejected(let record): try reject(record)
            }
        }
        return true
    }

    /// Reads more of the input.
    func fetch(isolation: isolated (any Actor)? = #isolation) async throws { try await reader.fetch(isolation) }

    /// Puts a record aside.
    ///
    /// - Throws: ``ImportError`` where that is one too many.
    func reject(_ record: RejectedRecord) throws {
        summary.rejected.append(record)
        guard summary.rejected.count <= onError.limit else {
            throw ImportError(model: model.name, rejected: summary.rejected, records: reader.records)
        }
    }

    /// Tells how far it is.
    func tell(_ phase: ImportProgress.Phase) {
        progress?(
            ImportProgress(
                phase: phase, bytes: reader.bytes, records: reader.records, rejected: summary.rejected.count))
    }

    /// Appends the row that is at hand to the data of a COPY.
    ///
    /// - Throws: ``PlannerError`` `UNSUPPORTED` where it has another set of columns, and there are too many.
    func take(into piece: inout [UInt8], isStaged: Bool) throws(PlannerError) {
        isPending = false
        let start = piece.count
        if isStaged {
            piece.append(bigEndian: Int16(encoder.columns.count + 3))
            piece.append(bigEndian: Int32(8))
            piece.append(bigEndian: Int64(reader.line))
            piece.append(bigEndian: Int32(4))
            piece.append(bigEndian: Int32(try number(of: encoder.set)))
            if let source = reader.source {
                piece.append(bigEndian: Int32(source.count))
                piece += source
            } else {
                piece.append(bigEndian: Int32(-1))
            }
            lines = (lines?.lowerBound ?? reader.line)...reader.line
        } else {
            piece.append(bigEndian: Int16(encoder.set.written.count))
        }
        encoder.appendRow(to: &piece)
        chunk.add(piece, from: start, line: reader.line)
    }

    /// The number of a set of columns.
    private func number(of set: ColumnSet) throws(PlannerError) -> Int {
        if let number = sets[set] { return number }
        guard staged.count < Self.mostSets else {
            throw PlannerError(
                .unsupported,
                "Up to line \(reader.line) the records have \(Self.mostSets) different sets of properties, each of which takes a statement of its own. Give all of them the same properties, null where there is nothing, or import them in parts.",
                path: "line \(reader.line)", model: model.name)
        }
        sets[set] = staged.count
        staged.append(set)
        return staged.count - 1
    }

    func columns(_ set: ColumnSet) -> ImportWriter.Columns {
        let count = encoder.columns.count
        return ImportWriter.Columns(written: set.written.places(of: count), given: set.given.places(of: count))
    }
}

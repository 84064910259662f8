// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Libpq

extension Migrator {
    /// Where the database stands among some migrations. Four round trips.
    public func status(of files: [MigrationFile]) async throws -> MigrationStatus {
        try await connected { connection in
            try await status(of: files, MigrationHistory(options), on: connection).status
        }
    }

    /// Applies those that the database doesn't have yet, in the order of their names.
    ///
    /// ```swift
    /// try await migrator.apply(MigrationFolder("migrations").files())
    /// ```
    ///
    /// Each has a session of its own. One that failed half way goes on behind its last statement that is done, in a session that is set as
    /// the statements ahead have left it (`SET search_path`, `SET ROLE`); what follows may have been corrected meanwhile.
    ///
    /// - Parameters:
    ///   - shown: what was shown as open before; when more is open than that, nothing is done.
    ///   - isTold: called before each of them.
    /// - Returns: the names of those that were applied.
    /// - Throws: ``MigrationError``, before anything is done, with the code `MIGRATION_CHANGED` when a file isn't what was applied,
    ///   `MIGRATION_RENAMED` when it was applied under another name, `MIGRATION_MISSING` when one that didn't come to its end has no file;
    ///   ``MigratorError``; `PostgresError` of connecting and reading.
    @discardableResult
    public func apply(
        _ files: [MigrationFile], shown: [MigrationStatus.Entry]? = nil,
        telling isTold: @Sendable (MigrationFile) -> Void = { _ in }
    ) async throws -> [String] {
        try await alone { lock in
            let history = MigrationHistory(options)
            let (records, open) = try await connected { connection in
                let (status, records) = try await status(of: files, history, on: connection)
                try refuse(status)
                try Self.refuse(status.open, shown: shown)
                if !status.open.isEmpty { try await history.create(on: connection) }
                return (records, status.open)
            }
            let byName = Dictionary(files.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
            var applied: [String] = []
            for entry in open {
                guard let file = byName[entry.name] else { continue }
                let begun = records.first { $0.name == (entry.formerName ?? entry.name) }
                if entry.standing == .renamed, let begun, begun.finished != nil {
                    try await connected { try await history.correct(begun.id, file, on: $0) }
                    continue
                }
                isTold(file)
                try await connected { try await apply(file, begun, lock, history, on: $0) }
                applied.append(file.name)
            }
            return applied
        }
    }

    /// Takes the database to have some migrations already, without running them: for one whose tables were there before.
    ///
    /// - Returns: the names of those that it wasn't known to have.
    @discardableResult
    public func baseline(_ files: [MigrationFile]) async throws -> [String] {
        try await alone { _ in
            try await connected { connection in
                let history = MigrationHistory(options)
                let (status, records) = try await status(of: files, history, on: connection)
                try await history.create(on: connection)
                var taken: [String] = []
                for entry in status.entries where [.pending, .renamed].contains(entry.standing) {
                    guard let file = files.first(where: { $0.name == entry.name }) else { continue }
                    if let former = records.first(where: { $0.name == entry.formerName }) {
                        try await history.correct(former.id, file, on: connection)
                    } else {
                        let id = try await history.begin(file.name, file.sql, file.state, on: connection)
                        try await history.finish(id, on: connection)
                    }
                    taken.append(file.name)
                }
                return taken
            }
        }
    }

    // MARK: Pieces

    private func status(
        of files: [MigrationFile], _ history: MigrationHistory, on connection: Connection
    ) async throws -> (status: MigrationStatus, records: [MigrationRecord]) {
        let records = try await history.ownRecords(on: connection)
        // Only what has no file any more can be what a new file was.
        let lost = MigrationStatus(files, records).lost(among: records)
        let texts = lost.isEmpty ? [:] : try await history.texts(of: lost, on: connection)
        return (MigrationStatus(files, records, texts: texts), records)
    }

    private func apply(
        _ file: MigrationFile, _ begun: MigrationRecord?, _ lock: MigrationLock, _ history: MigrationHistory,
        on connection: Connection
    ) async throws {
        let role = try await MigrationHistory.role(on: connection)
        var done: [String] = []
        let id: Int64
        if let begun {
            done = try await history.done(of: begun.id, on: connection)
            guard file.statements.map({ MaskedStatement($0).kept }).starts(with: done) else {
                throw Self.changed([file.name], isHalf: true)
            }
            try await history.correct(begun.id, file, on: connection)
            id = Int64(begun.id)
        } else {
            id = try await history.begin(file.name, file.sql, file.state, on: connection)
        }
        let runner = try await StepRunner(connection, lock, options, logger, isFile: true)
        try await runner.begin(file, behind: done.count)
        var behind = 0
        for unit in file.units {
            behind += unit.statements.count
            guard behind > done.count else { continue }
            guard behind - unit.statements.count >= done.count else {
                throw Self.changed([file.name], isHalf: true)
            }
            try await runner.run(unit, of: file.name, isAgain: begun != nil) { statement in
                try await history.note(statement, of: id, as: role, on: connection)
            }
        }
        try await connected { try await history.finish(id, on: $0) }
    }

    // MARK: What stands against it

    private func refuse(_ status: MigrationStatus) throws {
        let changed = status.entries.filter { $0.standing == .changed }.map(\.name)
        if !changed.isEmpty { throw Self.changed(changed, isHalf: false) }
        var problems: [MigrationProblem] = []
        for entry in status.entries {
            switch entry.standing {
            case .renamed where !options.acceptsRenamedFiles:
                let former = entry.formerName ?? ""
                problems.append(
                    MigrationProblem(
                        .renamed, entry.name,
                        "It was applied as \(former), which has no file any more. Call it \(former).sql again, or say --accept-renamed; if it is to be done once more, change its text."
                    ))
            case .unfinished where !status.hasFile(entry.name) && MigrationFolder.isNumbered(entry.name):
                problems.append(
                    MigrationProblem(
                        .missing, entry.name,
                        "It began and didn't come to its end, and has no file any more. Bring \(entry.name).sql back, under this name; where it is another program's, give each its name with --program."
                    ))
            default: break
            }
        }
        if !problems.isEmpty { throw MigrationError(problems) }
    }

    private static func refuse(_ open: [MigrationStatus.Entry], shown: [MigrationStatus.Entry]?) throws {
        guard let shown else { return }
        let known = Set(shown.map { "\($0.standing.rawValue) \($0.name)" })
        let more = open.map { "\($0.standing.rawValue) \($0.name)" }.filter { !known.contains($0) }
        if !more.isEmpty { throw MigratorError.planChanged(more.map { "+ \($0)" }) }
    }

    private static func changed(_ names: [String], isHalf: Bool) -> MigrationError {
        let message =
            isHalf
            ? "What is done of it isn't in the file any more as it was. Bring that back; what comes behind may be corrected."
            : "The file isn't what was applied. Bring it back as it was, and put the change into a migration of its own."
        return MigrationError(names.map { MigrationProblem(.changed, $0, message) })
    }
}

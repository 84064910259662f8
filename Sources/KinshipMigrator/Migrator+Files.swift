// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Libpq

extension Migrator {
    /// Where the database stands among some migrations. Three round trips.
    public func status(of files: [MigrationFile]) async throws -> MigrationStatus {
        MigrationStatus(files, try await history())
    }

    /// Applies those that the database doesn't have yet, in the order of their names.
    ///
    /// ```swift
    /// try await migrator.apply(MigrationFolder("migrations").files())
    /// ```
    ///
    /// One that failed half way goes on behind its last statement that is done; what follows may have been corrected meanwhile.
    ///
    /// - Parameter isTold: called before each of them.
    /// - Returns: the names of those that were applied.
    /// - Throws: ``MigrationError`` with the code `MIGRATION_CHANGED`, before anything is done, when a file isn't what was applied;
    ///   ``MigratorError``; `PostgresError` of connecting and reading.
    @discardableResult
    public func apply(
        _ files: [MigrationFile], telling isTold: @Sendable (MigrationFile) -> Void = { _ in }
    ) async throws -> [String] {
        try await alone { lock in
            try await connected { connection in
                let history = MigrationHistory(options)
                let records = try await history.records(on: connection)
                let status = MigrationStatus(files, records)
                try Self.refuse(status.entries.filter { $0.standing == .changed }.map(\.name))
                let standings = Dictionary(
                    status.entries.map { ($0.name, $0.standing) }, uniquingKeysWith: { first, _ in first })
                let open = files.filter { [.pending, .unfinished].contains(standings[$0.name]) }
                    .sorted { $0.name < $1.name }
                guard !open.isEmpty else { return [] }
                try await history.create(on: connection)
                let runner = StepRunner(connection, lock, options, logger)
                for file in open {
                    isTold(file)
                    let begun = records.first { $0.name == file.name }
                    try await apply(file, begun, runner, history, on: connection)
                }
                return open.map(\.name)
            }
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
                let status = MigrationStatus(files, try await history.records(on: connection))
                let pending = Set(status.entries.filter { $0.standing == .pending }.map(\.name))
                try await history.create(on: connection)
                for file in files.sorted(by: { $0.name < $1.name }) where pending.contains(file.name) {
                    let id = try await history.begin(file.name, file.sql, file.state, on: connection)
                    try await history.finish(id, on: connection)
                }
                return pending.sorted()
            }
        }
    }

    // MARK: Pieces

    private func apply(
        _ file: MigrationFile, _ begun: MigrationRecord?, _ runner: StepRunner, _ history: MigrationHistory,
        on connection: Connection
    ) async throws {
        var done: [String] = []
        let id: Int64
        if let begun {
            done = try await history.done(of: begun.id, on: connection)
            guard file.statements.starts(with: done) else { throw Self.changed([file.name], isHalf: true) }
            try await history.correct(begun.id, file, on: connection)
            id = Int64(begun.id)
        } else {
            id = try await history.begin(file.name, file.sql, file.state, on: connection)
        }
        var behind = 0
        for unit in file.units {
            behind += unit.statements.count
            guard behind > done.count else { continue }
            guard behind - unit.statements.count >= done.count else {
                throw Self.changed([file.name], isHalf: true)
            }
            try await runner.run(unit, of: file.name, isAgain: begun != nil) { statement in
                try await history.note(statement, of: id, on: connection)
            }
        }
        try await history.finish(id, on: connection)
    }

    private static func refuse(_ names: [String]) throws {
        if !names.isEmpty { throw changed(names, isHalf: false) }
    }

    private static func changed(_ names: [String], isHalf: Bool) -> MigrationError {
        let message =
            isHalf
            ? "What is done of it isn't in the file any more as it was. Bring that back; what comes behind may be corrected."
            : "The file isn't what was applied. Bring it back as it was, and put the change into a migration of its own."
        return MigrationError(names.map { MigrationProblem(.changed, $0, message) })
    }
}

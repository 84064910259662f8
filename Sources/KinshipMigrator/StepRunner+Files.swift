// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Libpq

extension StepRunner {
    /// Gives a session what the statements of a file that are done have left to those behind them.
    func begin(_ file: MigrationFile, behind count: Int) async throws {
        try await set("lock_timeout", options.lockTimeout)
        try await set("statement_timeout", .zero)
        for sql in file.settings(before: count) {
            try await transaction([Work(title: file.name, sql: sql)]) { _ in }
        }
    }

    /// Runs statements of a file.
    ///
    /// - Parameter isAgain: whether it was tried before: an index that was built then is there already, or invalid and in the way.
    func run(
        _ unit: MigrationFile.Unit, of file: String, isAgain: Bool, noting note: (Done) async throws -> Void
    ) async throws {
        let work = unit.statements.map { Work(title: file, sql: $0) }
        if isAgain, !unit.isTransaction, let only = work.first, let build = IndexBuild(only.sql) {
            switch try await standing(of: build, in: file) {
            case .valid, .building: return try await note(Done(sql: only.sql, attempts: 0))
            case .invalid(let name):
                try await alone(Work(title: file, sql: "DROP INDEX CONCURRENTLY IF EXISTS \(name)")) { _ in }
            case .absent: break
            }
        }
        do {
            try await transaction(work, sharedBy: work.map(\.likelyWaits).max() ?? 1, note)
        } catch MigratorError.failed(_, _, _, let state)
            where ["25001", "2D000"].contains(state) && !unit.isTransaction && work.count == 1
        {
            // "… cannot run inside a transaction block", or a procedure that commits: only the server knows which ones.
            let own = try await connection.execute(
                Statement(
                    "SELECT pg_catalog.current_setting('lock_timeout')::interval = $1::text::interval", try limit,
                    preparation: .unnamed))
            try await alone(work[0], waits: try !own.decode(Bool.self, row: 0, column: 0), note)
        }
        if unit.leavesTemporary {
            try await connection.execute(Statement("DISCARD TEMP", preparation: .unnamed))
        }
    }

    private var limit: Parameters {
        get throws {
            var parameters = Parameters()
            try parameters.append("\(options.lockTimeout.wholeMilliseconds) milliseconds")
            return parameters
        }
    }

    /// What became of a build, once nobody is at it any more: a server goes on with it when its client is gone.
    private func standing(of build: IndexBuild, in file: String) async throws -> IndexLooks.Standing {
        let deadline = ContinuousClock.now + options.patience
        while true {
            let standing = try await IndexLooks.standing(of: build, on: connection)
            guard case .building(let process) = standing else { return standing }
            guard ContinuousClock.now < deadline else {
                throw MigratorError.blocked(file, by: ["process \(process), which is building \(build.name)"])
            }
            try await Task.sleep(for: options.pause)
        }
    }
}

extension StepRunner.Work {
    /// How many locks it waits for in turn, as far as its words say: foreign keys lock the table that is referred to as well.
    fileprivate var likelyWaits: Int {
        let text = sql.uppercased()
        return 1 + ["REFERENCES", "DROP CONSTRAINT"].filter { text.contains($0) }.count
    }
}

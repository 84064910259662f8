// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

/// Why tables weren't brought to what models ask for; texts say which step of a plan, or which file.
public enum MigratorError: Error, Sendable, CustomStringConvertible {
    /// Something stands against it; nothing was done.
    case refused([MigrationProblem])
    /// Another migration runs.
    case running(by: String)
    /// A lock wasn't to be had in ``MigratorOptions/patience``; what came before it is done.
    case blocked(String, by: [String])
    /// A statement failed; what came before it is done. What its literals say isn't shown, for passwords may be among them.
    case failed(String, sql: String, message: String, sqlState: String?)
    /// A table that was empty isn't any more, and has what would be dropped.
    case filledMeanwhile(String)
    /// The plan is another than the one that was shown; nothing was done.
    case planChanged([String])
    /// The address leads to a pooler that gives each transaction another session; nothing was done.
    case pooled
    /// What has the name of the history isn't one; nothing was done.
    case history(String, String)

    /// A stable code.
    public var code: String {
        switch self {
        case .refused: "MIGRATION_REFUSED"
        case .running: "MIGRATION_RUNNING"
        case .blocked: "MIGRATION_BLOCKED"
        case .failed: "MIGRATION_FAILED"
        case .filledMeanwhile: "MIGRATION_OUTRUN"
        case .planChanged: "MIGRATION_PLAN_CHANGED"
        case .pooled: "MIGRATION_POOLED"
        case .history: "MIGRATION_HISTORY"
        }
    }

    /// The code, what happened and what to do.
    public var description: String {
        switch self {
        case .refused(let problems):
            return "\(code): nothing was done.\n" + problems.map { "- \($0)" }.joined(separator: "\n")
        case .running(let holder):
            return
                "\(code): another migration of this database runs\(holder.isEmpty ? "" : ", \(holder)"). Wait for its end."
        case .blocked(let step, let holders):
            let names = holders.isEmpty ? "others" : holders.joined(separator: "; ")
            return
                "\(code): \(step) waits for a lock that \(names) hold. End their transactions, or try again later; what is done stays done."
        case .failed(let step, let sql, let message, let state):
            return
                "\(code): \(step): \(message)\(state.map { " (\($0))" } ?? "")\n\(sql)\nWhat came before is done; correct the cause and apply again."
        case .filledMeanwhile(let table):
            return
                "\(code): \(table) was empty when it was looked at and has rows now, or some that this user can't see: it is left as it is. Plan again."
        case .planChanged(let lines):
            return
                "\(code): what there is to do isn't what was shown, and nothing was done. Look at it again, and apply that.\n"
                + lines.map(\.onOneLine).joined(separator: "\n")
        case .pooled:
            return
                "\(code): the address leads to a pooler that gives each transaction another session, where neither the lock nor settings hold. Connect to the server itself, or to a pool of its own with sessions (pool_mode = session)."
        case .history(let table, let reason):
            return
                "\(code): \(table) isn't a history that Kinship made: \(reason). Nothing was done. Have its owner rename or drop it, or keep the history elsewhere with --history-schema."
        }
    }
}

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
    /// A statement failed; what came before it is done.
    case failed(String, sql: String, message: String, sqlState: String?)
    /// A table that was empty isn't any more, and has what would be dropped.
    case filledMeanwhile(String)

    /// A stable code.
    public var code: String {
        switch self {
        case .refused: "MIGRATION_REFUSED"
        case .running: "MIGRATION_RUNNING"
        case .blocked: "MIGRATION_BLOCKED"
        case .failed: "MIGRATION_FAILED"
        case .filledMeanwhile: "MIGRATION_OUTRUN"
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
                "\(code): \(table) was empty when it was looked at and has rows now: it is left as it is. Plan again."
        }
    }
}

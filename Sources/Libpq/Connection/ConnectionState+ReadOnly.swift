// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import CLibpq

// Whether a transaction can have changed anything: when its COMMIT is lost, that is all that is known of it.
extension ConnectionState {
    /// A flight begins, its prefixes are known.
    mutating func noteBeginning() {
        if startedIdle {
            isReadOnly = false
            if !missingSavepoints.isEmpty { missingSavepoints.removeAll() }
        }
        for prefix in sentPrefixes where prefix.hasPrefix("BEGIN") { isReadOnly = prefix.contains("READ ONLY") }
    }

    /// A flight is over, and a transaction may still be open.
    mutating func noteTransaction(after request: Request, _ link: Link) {
        guard PQtransactionStatus(link.pointer) != PQTRANS_IDLE else { return isReadOnly = false }
        for step in steps where step.kind == .run && step.name == nil {
            isReadOnly = isReadOnly(after: request.statements[step.index], at: step.index, isReadOnly)
        }
    }

    /// Whether the COMMIT at a place among the current request's statements can't have committed a change.
    func endsNothing(_ request: Request, at place: Int) -> Bool {
        // A failed transaction is rolled back by COMMIT, and a flight in which something failed doesn't come to it.
        if startedFailed, place == 0 || hasFailed { return true }
        if hasFailed, request.answers.contains(where: { if case .failed = $0 { true } else { false } }) { return true }
        var isReadOnly = isReadOnly
        for index in 0..<place { isReadOnly = self.isReadOnly(after: request.statements[index], at: index, isReadOnly) }
        return isReadOnly
    }

    /// Whether the transaction is read-only for certain, with one statement more.
    private func isReadOnly(after statement: Statement, at index: Int, _ before: Bool) -> Bool {
        switch StatementKind.keyword(of: statement.text) {
        case "begin", "start":
            // Inside a transaction BEGIN changes its mode, and what was done stays done.
            return startedIdle && sentPrefixes.isEmpty && index == 0
                && StatementKind.words(of: statement.text).contains("read only")
        case "set", "reset":
            // Rather one too many that may have written than one too few: comments count as well.
            let text = statement.text.lowercased()
            return before && !text.contains("write") && !text.contains("read_only")
        case "commit", "end", "rollback", "abort", "prepare":
            // The next one begins; after ROLLBACK TO SAVEPOINT it is still this one.
            return before && StatementKind.words(of: statement.text).hasPrefix("rollback")
                && StatementKind.words(of: statement.text).contains(" to ")
        default:
            return before
        }
    }
}

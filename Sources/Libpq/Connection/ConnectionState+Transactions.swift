// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

/// Transaction control rides along with the next request, so that it costs no round trip of its own.
extension ConnectionState {
    /// How a scope ends.
    enum Ending: Sendable {
        /// Nothing has reached the server, or it rides along later.
        case nothingToSend
        /// The statements to send now.
        case send([String])
        /// The body has ended the transaction itself.
        case endedByBody
        /// A statement failed and the body went on as if nothing were.
        case failed([String])
        case connectionGone
    }

    /// Begins a transaction, or a savepoint when there is a transaction. Called between requests.
    mutating func enter(_ options: TransactionOptions) -> TransactionScope {
        switch transactionStatus {
        case .idle where prefixes.isEmpty, .unknown:
            prefixes.append(options.begin)
            return .transaction
        case .idle, .active, .inTransaction, .inFailedTransaction:
            savepoints += 1
            let name = "kinship_\(savepoints)"
            prefixes.append("SAVEPOINT \(name)")
            return .savepoint(name)
        }
    }

    /// A statement that was to go ahead of others was not run.
    mutating func notePrefixFailed(_ text: String) {
        if text.hasPrefix("SAVEPOINT ") { missingSavepoints.insert(text) }
    }

    /// Ends a scope whose body has succeeded.
    mutating func commit(_ scope: TransactionScope) -> Ending {
        if let ending = endUnsent(scope) { return ending }
        switch (transactionStatus, scope) {
        case (.unknown, _): return .connectionGone
        case (.idle, _): return .endedByBody
        case (.inFailedTransaction, _):
            prefixes.removeAll()
            if case .savepoint(let name) = scope, missingSavepoints.contains("SAVEPOINT \(name)") { return .failed([]) }
            return .failed(rollbackTexts(scope))
        case (_, .transaction): return .send(["COMMIT"])
        case (_, .savepoint(let name)):
            prefixes.append("RELEASE SAVEPOINT \(name)")
            return .nothingToSend
        }
    }

    /// Ends a scope whose body has failed.
    mutating func rollBack(_ scope: TransactionScope) -> Ending {
        if let ending = endUnsent(scope) { return ending }
        // What has not been sent belongs to the scope, or to scopes inside it.
        prefixes.removeAll()
        // The transaction around it has failed, and is rolled back by whoever began it.
        if case .savepoint(let name) = scope, missingSavepoints.contains("SAVEPOINT \(name)") { return .nothingToSend }
        switch transactionStatus {
        case .unknown: return .connectionGone
        case .idle: return .endedByBody
        default: return .send(rollbackTexts(scope))
        }
    }

    /// Takes back a beginning that was never sent.
    private mutating func endUnsent(_ scope: TransactionScope) -> Ending? {
        let index =
            switch scope {
            case .transaction: prefixes.firstIndex { $0.hasPrefix("BEGIN") }
            case .savepoint(let name): prefixes.firstIndex(of: "SAVEPOINT \(name)")
            }
        guard let index else { return nil }
        prefixes.removeSubrange(index...)
        return .nothingToSend
    }

    private func rollbackTexts(_ scope: TransactionScope) -> [String] {
        switch scope {
        case .transaction: ["ROLLBACK"]
        case .savepoint(let name): ["ROLLBACK TO SAVEPOINT \(name)", "RELEASE SAVEPOINT \(name)"]
        }
    }
}

// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Synchronization

extension Connection: PooledConnection {
    package var releaseOutcome: ReleaseOutcome {
        let (status, isUsable, fitness, isStopping) = state.withLock { state in
            // What was to go out ahead of the last user's next statement is not the next user's.
            state.prefixes.removeAll()
            // libpq gives the memory back with the connection only.
            let largest = max(state.largestMessage, state.notices.largest)
            let isUsable = largest <= configuration.keptBuffer && !state.isMisplaced
            return (state.transactionStatus, isUsable, state.fitness, state.current?.stop == .abandoned)
        }
        guard isUsable, fitness != .unfit else { return .unusable }
        return switch status {
        case .idle: fitness == .doubtful ? .doubtful : .clean
        case .inTransaction, .inFailedTransaction: .inTransaction
        // The rest of a COPY that nobody wants.
        case .active where isStopping: .stopping
        // A statement of a task that outlived the lease, or a broken connection.
        case .active, .unknown: .unusable
        }
    }

    package var placeOutcome: ReleaseOutcome {
        let outcome: ReleaseOutcome? = state.withLock { state in
            guard state.isShared else { return nil }
            let largest = max(state.largestMessage, state.notices.largest)
            guard largest <= configuration.keptBuffer, !state.isMisplaced else { return .unusable }
            return switch state.fitness {
            case .good: .clean
            case .doubtful: .doubtful
            case .unfit: .unusable
            }
        }
        return outcome ?? releaseOutcome
    }

    package var looksAlive: Bool {
        var isOpen = false
        transition { isOpen = $0.isOpen(&$1) }
        return isOpen && releaseOutcome != .unusable
    }

    /// What `DISCARD ALL` does, except that prepared statements stay: they are this library's, and cost nothing to keep.
    private static let sessionReset = [
        "CLOSE ALL", "SET SESSION AUTHORIZATION DEFAULT", "RESET ALL", "UNLISTEN *",
        "SELECT pg_catalog.pg_advisory_unlock_all()", "DISCARD TEMP", "DISCARD SEQUENCES",
    ]

    package func resetSession(timeout: Duration) async -> Bool {
        let statements = Self.sessionReset.map { Statement($0, preparation: .unnamed) }
        return (try? await pipeline(statements, timeout: timeout)) != nil && transactionStatus == .idle
    }

    /// Closing cancels what is running on the server, without waiting for it.
    package func abort() { close() }
}

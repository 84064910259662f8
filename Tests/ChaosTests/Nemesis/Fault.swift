// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Libpq

/// What is done to the connections.
enum Fault: String, Sendable, CaseIterable {
    // The server's processes.
    case terminate, cancelBackend, freezeBackend, freezePostmaster, crash, restartFast, restartImmediate, crowd
    // The network.
    case cut, cutLater, stall, swallow, slow, refuse
    // Others who use the same pool or the same tables.
    case exhaustion, definition

    /// The errors it may cause, beside those that the tasks cause themselves.
    var codes: Set<String> {
        func names(_ codes: PostgresError.Code...) -> Set<String> { Set(codes.map(\.rawValue)) }
        let lost = names(.connectionLost, .commitOutcomeUnknown)
        let unreachable = names(.connectFailed, .connectTimeout, .acquireTimeout)
        let slow = names(.statementTimeout)
        return switch self {
        case .terminate: lost.union(names(.connectFailed))
        case .cancelBackend: names(.statementCancelled, .connectFailed)
        case .freezeBackend, .freezePostmaster, .crash, .restartFast, .restartImmediate, .stall, .swallow, .slow,
            .refuse:
            // A statement that waits for a row whose lock a frozen session holds is late too, and so are cancel requests.
            lost.union(unreachable).union(slow)
        case .cut, .cutLater: lost.union(names(.connectFailed))
        case .crowd: names(.connectFailed, .acquireTimeout)
        case .exhaustion: names(.acquireTimeout)
        case .definition: slow.union([ErrorCode.invalidated, ErrorCode.deadlock])
        }
    }
}

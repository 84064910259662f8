// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

// A connection was made to a server of a certain kind, which may become one of another kind while the connection lives.
extension ConnectionState {
    /// Draws conclusions from an error about the session and not the statement.
    mutating func noteFitness(after sqlState: String) {
        switch sqlState {
        // Shutting down, crashed, starting, the database is gone, idle for too long: servers end the session with these, but what
        // lies between may only pass them on.
        case "57P01", "57P02", "57P03", "57P04", "57P05":
            fitness = .unfit
        // Writing was refused. That is the transaction's fault when it was to be read-only, and else perhaps the server's.
        case "25006" where target == .readWrite || target == .primary:
            if !isReadOnly, fitness == .good { fitness = .doubtful }
        // Of no certain kind, but it took changes when the connection was made.
        case "25006" where wasWritable && !target.isDefinite:
            if !isReadOnly, fitness == .good { fitness = .doubtful }
        default:
            break
        }
    }

    /// Whether the server reports that it isn't what the connection was made for (PostgreSQL 14 and later report it).
    var isMisplaced: Bool {
        guard target.isDefinite, let link else { return false }
        let isStandby = link.parameter("in_hot_standby").map { $0 == "on" }
        let isReadOnly = link.parameter("default_transaction_read_only").map { $0 == "on" }
        switch target {
        case .any, .preferStandby: return false
        case .primary: return isStandby == true
        case .standby: return isStandby == false
        case .readWrite: return isStandby == true || isReadOnly == true
        case .readOnly: return isStandby == false && isReadOnly == false
        }
    }
}

extension ConnectionConfiguration.TargetSessionAttributes {
    /// Whether there are servers that it excludes.
    var isDefinite: Bool { self != .any && self != .preferStandby }

    /// Whether a server is of this kind.
    func accepts(isStandby: Bool, isReadOnly: Bool) -> Bool {
        switch self {
        case .any, .preferStandby: true
        case .primary: !isStandby
        case .standby: isStandby
        case .readWrite: !isReadOnly
        case .readOnly: isReadOnly
        }
    }
}

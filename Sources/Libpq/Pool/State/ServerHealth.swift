// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

/// What the pool knows about the server from its attempts to connect.
package enum ServerHealth: Sendable {
    case healthy
    /// The last attempt failed; one probe at a time, not before the instant given. Since when there has been no connection
    /// to be had: the beginning of the first attempt that failed.
    case failing(attempts: Int, since: PoolInstant, nextProbe: PoolInstant)
    /// The server refused the password, the user or the database: no probe on the pool's own initiative.
    case refusing(attempts: Int, nextProbe: PoolInstant, error: PostgresError)

    package var isHealthy: Bool {
        if case .healthy = self { return true }
        return false
    }

    /// Since when the server could not be reached; nil when it could, or when it answered and refused.
    package var outOfReachSince: PoolInstant? {
        if case .failing(_, let since, _) = self { return since }
        return nil
    }
}

extension PostgresError {
    /// Whether trying again with the same configuration can't help, and may lock an account.
    ///
    /// SQLSTATE class 28 (invalid authorization), 3D000 (no such database), 42501 (no right to connect to it).
    package var isRefusal: Bool {
        if code == .authenticationFailed || code == .invalidConfiguration { return true }
        guard let state = sqlState else { return false }
        return state.hasPrefix("28") || state == "3D000" || state == "42501"
    }
}

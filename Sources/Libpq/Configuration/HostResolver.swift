// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

/// Looks up the addresses of hosts.
package protocol HostResolver: Sendable {
    /// The addresses of a host, in the order they are to be tried.
    ///
    /// - Parameter deadline: the instant at which the caller doesn't wait any more.
    /// - Throws: an error that says why there are none; `CancellationError`.
    func addresses(of name: String, until deadline: UInt64) async throws -> [String]
}

// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

/// One of the two sides of a comparison.
protocol Contestant {
    /// Fetches the workload's tree and walks it in the form asked for.
    ///
    /// - Parameter keepsJSON: whether the outcome holds the JSON; a copy would cost time.
    func tree(_ workload: Workload, _ form: Form, keepsJSON: Bool) async throws -> Outcome

    /// Serves a point request for each id, `tasks` callers at a time; how long each caller waited, in nanoseconds, comes
    /// back too. The outcome holds the JSON of the last answer when `keepsJSON`.
    ///
    /// - Parameter onLoop: whether the callers prefer the thread that waits for answers as their executor. A C program has
    ///   no choice, there that is the only thread.
    func requests(
        _ workload: Workload, _ form: Form, ids: [Int32], tasks: Int, onLoop: Bool, keepsJSON: Bool
    ) async throws -> (Outcome, [Int64])
}

// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

/// What a connection has sent so far; the numbers only grow.
///
/// ```swift
/// let before = connection.counters
/// _ = try await connection.pipeline([first, second])
/// let after = connection.counters
/// print(after.statements - before.statements)  // 2
/// print(after.roundTrips - before.roundTrips)  // 1
/// ```
public struct Counters: Sendable, Hashable {
    /// Statements sent to be executed, transaction control included; preparing and closing are not counted.
    public var statements = 0
    /// How often messages were sent and their answer waited for.
    public var roundTrips = 0
    /// Statements prepared under a name.
    public var preparations = 0

    /// Numbers, for comparing.
    public init(statements: Int = 0, roundTrips: Int = 0, preparations: Int = 0) {
        self.statements = statements
        self.roundTrips = roundTrips
        self.preparations = preparations
    }
}

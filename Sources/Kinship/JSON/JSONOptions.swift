// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

/// How values are shown in JSON, where LoopBack's way leaves something out or JavaScript's numbers do.
///
/// ```swift
/// let database = try await Database.open(
///     schema: schema, connection: connection, trees: TreeOptions(json: JSONOptions(microseconds: true)))
/// let text = try graph.json(JSONOptions(bigIntegersAsStrings: true))
/// ```
///
/// Whatever is shown is accepted back in filters, either way.
public struct JSONOptions: Sendable, Hashable {
    /// Whether instants have microseconds, as `"2026-03-01T10:00:00.123456Z"`; else they have milliseconds (K9).
    public var microseconds: Bool
    /// Whether `bigint` and `numeric` values beyond 2^53, which a double can't hold, are strings; else they are numbers with all
    /// their digits (D30).
    public var bigIntegersAsStrings: Bool

    /// Options for JSON; by default as LoopBack shows dates, and all numbers as numbers.
    public init(microseconds: Bool = false, bigIntegersAsStrings: Bool = false) {
        self.microseconds = microseconds
        self.bigIntegersAsStrings = bigIntegersAsStrings
    }
}

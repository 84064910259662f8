// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

/// What was sent to the server while something ran.
///
/// ```swift
/// let (orders, sent) = try await counting { try await openOrders(in: session) }
/// print(sent.statements.count, sent.roundTrips, sent)
/// ```
public struct SentStatements: Sendable, Hashable, CustomStringConvertible {
    /// One statement.
    public struct Statement: Sendable, Hashable {
        /// The text with its placeholders.
        public var sql: String
        /// How many rows came back; nil where it failed.
        public var rows: Int?
        /// The code, and the SQLSTATE, of one that failed.
        public var error: String?
        /// In which round trip it was sent, from 1.
        public var roundTrip: Int
    }

    /// The statements, in the order in which they were answered.
    public internal(set) var statements: [Statement] = []
    /// In how many round trips they were sent.
    public internal(set) var roundTrips = 0

    /// A line for each statement.
    public var description: String {
        statements.map { statement in
            let end = statement.error ?? "\(statement.rows ?? 0) \(statement.rows == 1 ? "row" : "rows")"
            return "\(statement.roundTrip). \(statement.sql)  -- \(end)"
        }.joined(separator: "\n")
    }

    /// Holds the numbers against what is expected.
    ///
    /// ```swift
    /// try sent.expect(statements: 3, roundTrips: 2)
    /// ```
    ///
    /// - Throws: ``TestingError`` `TEST_STATEMENTS`, with all statements in its message.
    public func expect(statements: Int? = nil, roundTrips: Int? = nil) throws(TestingError) {
        var differences: [String] = []
        if let statements, statements != self.statements.count {
            differences.append(
                "\(Self.number(self.statements.count, "statement")) sent, and \(statements) expected")
        }
        if let roundTrips, roundTrips != self.roundTrips {
            differences.append("\(Self.number(self.roundTrips, "round trip")) made, and \(roundTrips) expected")
        }
        guard !differences.isEmpty else { return }
        throw TestingError(
            .statements, differences.joined(separator: "; ") + (self.statements.isEmpty ? "." : ":\n\(self)"))
    }

    private static func number(_ count: Int, _ what: String) -> String {
        "\(count) \(what)\(count == 1 ? " was" : "s were")"
    }
}

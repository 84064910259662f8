// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import CLibpq
import Dispatch

/// SQL text on a connection of its own, by libpq's blocking calls: for what tests arrange and look up beside the
/// connection they are about.
public enum TestSession {
    /// What the server or libpq said.
    public struct Failure: Error, CustomStringConvertible {
        /// Its text.
        public var description: String
    }

    private static let queue = DispatchQueue(label: "kinship.tests.sessions", attributes: .concurrent)

    /// Runs the text on a Dispatch thread and returns the rows of its last statement as text.
    ///
    /// - Parameter settings: what the session is set to before the text is read: `datestyle TO iso`.
    @discardableResult
    public static func run(_ sql: String, url: String, settings: [String] = []) async throws -> [[String?]] {
        try await BlockingCall.run(on: queue) { try runBlocking(sql, url: url, settings: settings) }
    }

    static func runBlocking(_ sql: String, url: String, settings: [String] = []) throws -> [[String?]] {
        let connection = PQconnectdb(url)
        defer { PQfinish(connection) }
        guard PQstatus(connection) == CONNECTION_OK else { throw failure(PQerrorMessage(connection)) }
        PQsetNoticeProcessor(connection, { _, _ in }, nil)
        if !settings.isEmpty { PQclear(PQexec(connection, settings.map { "SET \($0);" }.joined())) }
        let result = PQexec(connection, sql)
        defer { PQclear(result) }
        switch PQresultStatus(result) {
        case PGRES_COMMAND_OK, PGRES_TUPLES_OK, PGRES_EMPTY_QUERY: break
        default: throw failure(PQresultErrorMessage(result))
        }
        return (0..<PQntuples(result)).map { row in
            (0..<PQnfields(result)).map { column in
                guard PQgetisnull(result, row, column) == 0, let value = PQgetvalue(result, row, column) else {
                    return nil
                }
                return String(cString: value)
            }
        }
    }

    private static func failure(_ message: UnsafeMutablePointer<CChar>?) -> Failure {
        Failure(description: message.map { String(cString: $0) } ?? "out of memory")
    }
}

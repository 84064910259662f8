// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import CLibpq
import Dispatch
import Foundation
import Kinship

/// A text of several statements, run as a whole: what sets a suite's tables up.
enum SQLScript {
    private static let queue = DispatchQueue(label: "kinship.testing.scripts", attributes: .concurrent)

    /// Runs it on a connection of its own, on a thread of Dispatch's, for libpq's call blocks.
    ///
    /// - Parameter name: what the error calls it.
    static func run(_ text: String, called name: String, on configuration: ConnectionConfiguration)
        async throws
    {
        let settings = try configuration.keywords()
        let failure = await withCheckedContinuation { continuation in
            queue.async { continuation.resume(returning: runBlocking(text, settings)) }
        }
        if let failure {
            throw TestingError(.tables, "\(name) can't be run: \(failure)")
        }
    }

    private static func runBlocking(_ text: String, _ settings: [(key: String, value: String)]) -> String? {
        let connection = connect(settings)
        defer { PQfinish(connection) }
        guard PQstatus(connection) == CONNECTION_OK else { return string(PQerrorMessage(connection)) }
        PQsetNoticeProcessor(connection, { _, _ in }, nil)
        let result = PQexec(connection, text)
        defer { PQclear(result) }
        return switch PQresultStatus(result) {
        case PGRES_COMMAND_OK, PGRES_TUPLES_OK, PGRES_EMPTY_QUERY: nil
        default: string(PQresultErrorMessage(result))
        }
    }

    private static func connect(_ settings: [(key: String, value: String)]) -> OpaquePointer? {
        var (keys, values) = (settings.map { strdup($0.key) }, settings.map { strdup($0.value) })
        defer { (keys + values).forEach { free($0) } }
        keys.append(nil)
        values.append(nil)
        let (names, texts) = (keys.map { UnsafePointer($0) }, values.map { UnsafePointer($0) })
        return PQconnectdbParams(names, texts, 0)
    }

    private static func string(_ message: UnsafeMutablePointer<CChar>?) -> String {
        message.map { String(cString: $0) } ?? "out of memory"
    }
}

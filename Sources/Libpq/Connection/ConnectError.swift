// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import CLibpq

/// Makes an error of what libpq says when it can't connect: text, with an SQLSTATE inside when a server spoke.
enum ConnectError {
    static func make(_ link: Link, place: String) -> PostgresError {
        let message = link.message
        let server = serverFields(message)
        let isRefused = PQconnectionNeedsPassword(link.pointer) == 1 || ["28P01", "28000"].contains(server?.sqlState)
        let text = server.map { "\($0.message) (SQLSTATE \($0.sqlState))" } ?? oneLine(message)
        return isRefused
            ? PostgresError(
                .authenticationFailed,
                "The server at \(place) refused the user: \(text). Check user, password and pg_hba.conf.",
                server: server)
            : PostgresError(.connectFailed, "No connection to \(place): \(text).", server: server)
    }

    /// The last server's words in a message of libpq, as `FATAL:  28P01: password authentication failed for user "ada"`.
    static func serverFields(_ message: String) -> PostgresError.ServerFields? {
        var fields: PostgresError.ServerFields?
        for line in message.split(whereSeparator: \.isNewline) {
            let parts = line.split(separator: ":  ", maxSplits: 1)
            guard parts.count == 2 else { continue }
            let (label, words) = (String(parts[0]), parts[1])
            if fields != nil, label == "DETAIL" { fields?.detail = String(words) }
            if fields != nil, label == "HINT" { fields?.hint = String(words) }
            let state = words.prefix(5)
            guard state.count == 5, state.utf8.allSatisfy({ isSQLStateByte($0) }), words.dropFirst(5).hasPrefix(": ")
            else {
                continue
            }
            let severity = label.split(separator: " ").last.map(String.init) ?? "FATAL"
            fields = PostgresError.ServerFields(
                severity: severity, sqlState: String(state), message: String(words.dropFirst(7)))
        }
        return fields
    }

    private static func isSQLStateByte(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) || (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte)
    }

    private static func oneLine(_ message: String) -> String {
        message.split(whereSeparator: \.isNewline)
            .map { String($0.drop { $0 == "\t" || $0 == " " }) }
            .filter { !$0.hasPrefix("LOCATION:") }
            .joined(separator: " ")
    }
}

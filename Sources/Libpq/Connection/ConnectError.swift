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
            : PostgresError(
                .connectFailed, "No connection to \(place): \(text). \(remedy(message, server?.sqlState))",
                server: server)
    }

    /// What whoever runs the program can do about it.
    private static func remedy(_ message: String, _ sqlState: String?) -> String {
        switch sqlState {
        case "3D000": "Create the database, or correct its name."
        case "42501": "Grant the user CONNECT on the database."
        case "53300": "Raise the server's max_connections, or lower maximumConnections of the pools that use it."
        case "57P03": "Try again in a moment; PoolConfiguration.startup can wait for it."
        case .some: "Look into the server's log."
        case nil where message.contains("translate host name"): "Check the host's name."
        case nil where message.contains("SSL") || message.contains("certificate"):
            "Check the TLS mode and the certificates."
        case nil: "Check that a server runs there and takes connections, and the address."
        }
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

    /// What libpq says, without the questions it asks the user in indented lines.
    private static func oneLine(_ message: String) -> String {
        var text = message.split(whereSeparator: \.isNewline)
            .filter { !$0.hasPrefix("\t") && !$0.hasPrefix("LOCATION:") }
            .map { String($0.drop { $0 == " " }) }
            .joined(separator: "; ")
        while let last = text.last, ".;: ".contains(last) { text.removeLast() }
        return text
    }
}

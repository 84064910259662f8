// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import CLibpq

/// Reads what libpq says when it can't connect: text, with an SQLSTATE inside when a server spoke.
enum ConnectError {
    static func make(_ link: Link, _ configuration: ConnectionConfiguration) -> ConnectFailure {
        let message = configuration.masked(link.message)
        let server = serverFields(message)
        let isRefused = PQconnectionNeedsPassword(link.pointer) == 1 || ["28P01", "28000"].contains(server?.sqlState)
        // Class 57P: starting up, shutting down, recovering. libpq goes on to the next server then, too.
        let isFinal = isRefused || server.map { !$0.sqlState.hasPrefix("57P") } ?? false
        return ConnectFailure(
            code: isRefused ? .authenticationFailed : .connectFailed,
            text: server.map { "\($0.message) (SQLSTATE \($0.sqlState))" } ?? oneLine(message),
            remedy: isRefused ? "Check user, password and pg_hba.conf." : remedy(message, server?.sqlState),
            server: server, isFinal: isFinal)
    }

    /// Where the connection goes, for messages.
    static func place(_ configuration: ConnectionConfiguration) -> String {
        let url = configuration.description
        return url == "postgres://" ? "the PostgreSQL of this machine (no address was given)" : url
    }

    /// Settings without which values would be misread.
    static func wrongSetting(_ link: Link, place: String) -> PostgresError? {
        for (name, expected) in [("client_encoding", "UTF8"), ("standard_conforming_strings", "on")] {
            guard let value = link.parameter(name), value != expected else { continue }
            return PostgresError(
                .connectFailed,
                "The session at \(place) has \(name) = \(value) and not \(expected); remove the setting from the role, the "
                    + "database or the pooler between.")
        }
        return nil
    }

    /// What whoever runs the program can do about it.
    private static func remedy(_ message: String, _ sqlState: String?) -> String {
        switch sqlState {
        case "3D000": "Create the database, or correct its name."
        case "42501": "Grant the user CONNECT on the database."
        case "53300": "Raise the server's max_connections, or lower maximumConnections of the pools that use it."
        case "08P01" where message.contains("startup parameter"):
            "A pooler that switches servers between transactions takes no start-up options: set statementCache to .unnamed, "
                + "or have the pooler ignore the parameter."
        case "57P03": "Try again in a moment; PoolConfiguration.startup can wait for it."
        case .some: "Look into the server's log."
        case nil where message.contains("session is ") || message.contains("server is "):
            "Check target_session_attrs and the hosts: none may be of that kind, or not yet."
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

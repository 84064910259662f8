// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// What a request may hold at most.
package struct RequestLimits: Sendable {
    /// How many parameters a statement may have.
    package var parameters: Int
    /// How many bytes a parameter may have.
    package var parameterBytes: Int
    /// How many bytes a statement's text may have.
    package var textBytes: Int
    /// How many bytes all texts and parameters of a request may have together.
    package var totalBytes: Int

    package init(parameters: Int, parameterBytes: Int, textBytes: Int = 16 << 20, totalBytes: Int) {
        self.parameters = parameters
        self.textBytes = textBytes
        self.parameterBytes = parameterBytes
        self.totalBytes = totalBytes
    }

    /// The limits of PostgreSQL.
    ///
    /// The protocol counts a statement's parameters in 16 bits and a message's bytes in 31 (PostgreSQL documentation,
    /// "Message Formats", Bind); the server refuses values of a gigabyte (`MaxAllocSize`), and a message needs room for
    /// more than its value. A text of 16 MiB takes the server gigabytes to read, and what makes it so long are values, which have
    /// their own place. A whole request is kept below two gigabytes for the sake of memory.
    package static let postgres = RequestLimits(
        parameters: 65_535, parameterBytes: (1 << 30) - (8 << 10), totalBytes: (1 << 31) - (64 << 10))

    /// Refuses what libpq or the server can't take, before anything is sent.
    package func check(_ statements: [Statement]) throws {
        var total = 0
        for (index, statement) in statements.enumerated() {
            func refuse(_ reason: String) throws -> Never {
                throw PostgresError(
                    .invalidParameter, reason, sql: statement.text, statementIndex: statements.count > 1 ? index : nil)
            }
            let place = statements.count > 1 ? index : nil
            try checkText(statement, at: place)
            if let direction = CopyDirection.of(statement.text) { throw Self.copy(statement, direction, at: place) }
            let slots = statement.parameters.slots
            if slots.count > parameters {
                try refuse(
                    "The statement has \(slots.count) parameters and PostgreSQL takes at most \(parameters); "
                        + "send many values as one array, as in = ANY($1).")
            }
            for (position, slot) in slots.enumerated() where slot.length > parameterBytes {
                try refuse(
                    "Parameter $\(position + 1) has \(slot.length) bytes and PostgreSQL takes at most "
                        + "\(parameterBytes); split it.")
            }
            total += statement.parameters.bytes.count + statement.text.utf8.count
            if total > totalBytes {
                try refuse(
                    "The request has more than \(totalBytes) bytes, which is too much for one round trip; "
                        + "send it in several.")
            }
        }
    }

    /// Refuses a text that libpq or the server can't take.
    func checkText(_ statement: Statement, at place: Int? = nil) throws {
        if statement.text.utf8.count > textBytes {
            throw PostgresError(
                .invalidParameter,
                "The statement's text has \(statement.text.utf8.count) bytes and may have \(textBytes); bind its values as "
                    + "parameters, many of them as one array.", statementIndex: place)
        }
        if Self.containsNUL(statement.text) {
            throw PostgresError(
                .invalidParameter,
                "The statement's text contains a NUL character, which PostgreSQL can't take; remove it.",
                sql: statement.text, statementIndex: place)
        }
    }

    /// The error for a COPY among statements: it goes on after the server's answer, which a statement doesn't.
    private static func copy(_ statement: Statement, _ direction: CopyDirection, at place: Int?) -> PostgresError {
        let method = direction == .fromClient ? "copyIn" : "copyOut"
        return PostgresError(
            .misuse,
            "COPY with the client can't be run as a statement; nothing was sent. Use \(method) of the connection, of a pool's in "
                + "withConnection.", sql: statement.text, statementIndex: place)
    }

    private static func containsNUL(_ text: String) -> Bool {
        text.utf8.withContiguousStorageIfAvailable { bytes in
            guard let start = bytes.baseAddress, !bytes.isEmpty else { return false }
            return memchr(start, 0, bytes.count) != nil
        } ?? text.utf8.contains(0)
    }
}

// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import MessageText

extension PostgresError: CustomStringConvertible, CustomDebugStringConvertible {
    /// Code, SQLSTATE, message and the server's hint: `SERVER_ERROR (23505): duplicate key value violates …`.
    ///
    /// On one line, fit for a terminal and a log. What may hold values of rows isn't in it, nor the statement: see
    /// ``details``.
    public var description: String {
        var text = code.rawValue
        if let sqlState, !message.contains(sqlState) { text += " (\(MessageText.name(sqlState)))" }
        text += ": " + MessageText.message(message)
        if let hint = server?.hint, !message.contains(hint) { text += " Hint: " + MessageText.message(hint) }
        return text
    }

    /// All that is known besides, a line for each: what the server says of rows and of the place, the statement, what
    /// happened before.
    ///
    /// ```swift
    /// let error = PostgresError(.connectFailed, "No connection.", underlying: "The network is down.")
    /// print(error)          // CONNECT_FAILED: No connection.
    /// print(error.details)  // ["before: The network is down."]
    /// ```
    ///
    /// For whoever may see the data: the server's detail quotes values of rows.
    public var details: [String] {
        var lines: [String] = []
        func add(_ label: String, _ value: String?) {
            if let value, !value.isEmpty { lines.append("\(label): \(MessageText.message(value))") }
        }
        if let server {
            if !message.contains(server.message) { add("server", server.message) }
            add("detail", server.detail)
            let object = [server.schemaName, server.tableName, server.columnName].compactMap(\.self)
            add("about", object.joined(separator: "."))
            add("constraint", server.constraintName)
            add("type", server.dataTypeName)
            add("context", server.context)
            add("statement in a function", server.internalQuery)
        }
        add("statement", sql)
        add("position in the statement", server?.position.map(String.init))
        add("place in the pipeline", statementIndex.map(String.init))
        add("before", underlying)
        return lines
    }

    /// The description, and all the ``details`` on lines of their own.
    public var debugDescription: String { ([description] + details.map { "  " + $0 }).joined(separator: "\n") }
}

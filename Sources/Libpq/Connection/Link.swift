// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import CLibpq

/// A libpq connection.
///
/// `@unchecked Sendable`: libpq allows any thread to use a `PGconn`, one at a time. While a connection is open its link
/// lies behind the connection's lock; before and afterwards one thread alone has it.
struct Link: @unchecked Sendable {
    let pointer: OpaquePointer

    /// The socket, nil when libpq has closed it.
    var descriptor: Int32? {
        let descriptor = PQsocket(pointer)
        return descriptor >= 0 ? descriptor : nil
    }

    /// libpq's last message, without the line break at its end.
    var message: String {
        guard let text = PQerrorMessage(pointer) else { return "" }
        var message = String(cString: text)
        while message.last?.isNewline == true { message.removeLast() }
        return message
    }

    /// What the server reports of a setting, such as `server_version`.
    func parameter(_ name: String) -> String? { PQparameterStatus(pointer, name).map { String(cString: $0) } }

    /// Tells the server good-bye and frees everything. With TLS that may block.
    func finish() { PQfinish(pointer) }
}

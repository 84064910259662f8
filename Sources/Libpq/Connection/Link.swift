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

    /// How long libpq may go through the settings that the server has reported, in nanoseconds: as long as through 3,000.
    ///
    /// It does that once for each that is reported. Those of a server, about fifteen, take 50 ns; until a look takes as long as this, 10 µs
    /// mostly, libpq has been busy for some 50 ms, and what lies in its buffer can keep it for as long again. What a look takes depends on
    /// the machine and on what watches over memory, so it is found out here, once.
    private static let longestLook = max(10_000, kinship_look_time(3_000))

    /// Whether the server has reported so many different settings, some thousands, that it can only mean to keep libpq busy.
    var isFlooded: Bool {
        // libpq tells no number. A name that no setting has is looked for among all of them. The shortest of several looks counts: a
        // thread may have to wait in the middle of any.
        for _ in 0..<8 {
            let begun = Monotonic.now
            _ = PQparameterStatus(pointer, "\u{1}")
            if Monotonic.now - begun < Self.longestLook { return false }
        }
        return true
    }

    /// Tells the server good-bye and frees everything. With TLS that may block.
    func finish() { PQfinish(pointer) }
}

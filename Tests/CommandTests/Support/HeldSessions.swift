// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import CLibpq
import Dispatch

/// Sessions that are opened until the server takes no more, and held.
struct HeldSessions: Sendable {
    // libpq's pointers, each used by one thread at a time: the one that opens them, then the one that closes them.
    private nonisolated(unsafe) let connections: [OpaquePointer]

    /// Opens sessions until one is refused.
    static func fill(_ url: String) async throws -> HeldSessions {
        await withCheckedContinuation { continuation in
            DispatchQueue.global().async {
                var connections: [OpaquePointer] = []
                while connections.count < 200, let connection = PQconnectdb(url) {
                    guard PQstatus(connection) == CONNECTION_OK else {
                        PQfinish(connection)
                        break
                    }
                    connections.append(connection)
                }
                continuation.resume(returning: HeldSessions(connections: connections))
            }
        }
    }

    /// Closes them all.
    func close() { connections.forEach { PQfinish($0) } }
}

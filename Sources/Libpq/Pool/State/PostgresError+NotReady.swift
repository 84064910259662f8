// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

extension PostgresError {
    /// A server that was waited for has not even refused a connection.
    static var notReady: PostgresError {
        PostgresError(
            .connectTimeout,
            "The server has not answered in the time it was waited for; check the address and the network, or wait longer."
        )
    }
}

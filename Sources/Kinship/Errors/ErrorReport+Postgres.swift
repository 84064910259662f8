// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Libpq

extension ErrorReport.Kind {
    /// The kind of a server's or a connection's error: that of its code, unless the SQLSTATE knows better.
    init(_ error: PostgresError) {
        self = error.code.kind
        guard let state = error.sqlState else { return }
        switch error.code {
        case .authenticationFailed, .statementTimeout, .cancelled, .invalidConfiguration, .invalidParameter,
            .resultTooLarge:
            return
        case .server:
            if let kind = Self.kind(ofState: state) { self = kind }
        default: break
        }
        guard let fault = Self.fault(ofState: state) else { return }
        self.fault = fault
        if fault != .connection {
            isRepeatable = false
        } else if error.code == .server {
            status = 503
        }
    }

    /// The kinds that have a code of their own.
    private static func kind(ofState state: String) -> Self? {
        switch state {
        case "40001": .serializationFailure
        case "40P01": .deadlock
        case "55P03": .lockNotAvailable
        default: nil
        }
    }

    /// What an SQLSTATE says about whose fault it is (PostgreSQL documentation, "PostgreSQL Error Codes").
    private static func fault(ofState state: String) -> ErrorReport.Fault? {
        switch state {
        case "42501": .permission
        case "3D000", "3F000", "42P01", "42703": .configuration
        case _ where state.hasPrefix("28"): .permission
        case _ where state.hasPrefix("53") || state.hasPrefix("57P") || state.hasPrefix("08"): .connection
        default: nil
        }
    }
}

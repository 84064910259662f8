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
        if fault != .connection { isRepeatable = false }
        if error.code == .server, let status = Self.status(ofState: state, fault) { self.status = status }
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

    /// The status of what the database refuses: no failure of the server's, which monitors would count.
    private static func status(ofState state: String, _ fault: ErrorReport.Fault) -> Int? {
        switch fault {
        case .connection: 503
        case .conflict: 409
        case .request: 422
        case .permission: state == "42501" ? 403 : nil
        default: nil
        }
    }

    /// What an SQLSTATE says about whose fault it is (PostgreSQL documentation, "PostgreSQL Error Codes").
    private static func fault(ofState state: String) -> ErrorReport.Fault? {
        switch state {
        case "42501": .permission
        // What a function or trigger raises, and what a view doesn't show is not to be written through it.
        case "P0001", "44000": .conflict
        // A standby, or a server that is set to be read only.
        case "25006": .connection
        // A value that no index or column takes, and what the database can't reckon with.
        case "54000": .request
        case _ where state.hasPrefix("22"): .request
        case "3D000", "3F000", "42P01", "42703": .configuration
        case _ where state.hasPrefix("28"): .permission
        case _ where state.hasPrefix("53") || state.hasPrefix("57P") || state.hasPrefix("08"): .connection
        default: nil
        }
    }
}

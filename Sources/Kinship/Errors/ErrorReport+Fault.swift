// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

extension ErrorReport {
    /// Whose turn it is to do something about an error. How a command ends follows from it, as `sysexits.h` numbers that.
    public enum Fault: String, Sendable, Hashable, CaseIterable {
        /// Who asks: another request may do.
        case request
        /// Who asks: what the database holds already, or its constraints, stand against the request.
        case conflict
        /// Who wrote the models: a definition, a scope, or what a row says of models.
        case definition
        /// Who set the program up: an address or a setting is wrong, or models and database don't fit.
        case configuration
        /// Who gives rights: wrong user, password or missing privilege.
        case permission
        /// Nobody but the server and the way to it: no connection, or the server takes no more work.
        case connection
        /// Nobody: another transaction was in the way. The same again, from the beginning, may do.
        case contention
        /// Who set the deadline, or asked for what takes longer.
        case time
        /// Nobody: whoever asked went away.
        case cancellation
        /// Who wrote the program: a call where it can't be, a value read as what it isn't.
        case program
        /// The server, or its database: it failed with a statement that was right as far as it is known.
        case server

        /// The exit code of a command that ends with such an error.
        public var exitCode: Int32 {
            switch self {
            case .request, .conflict, .definition: 65  // EX_DATAERR
            case .connection: 69  // EX_UNAVAILABLE
            case .program, .server: 70  // EX_SOFTWARE
            case .contention, .time: 75  // EX_TEMPFAIL
            case .permission: 77  // EX_NOPERM
            case .configuration: 78  // EX_CONFIG
            case .cancellation: 130  // 128 + SIGINT
            }
        }
    }
}

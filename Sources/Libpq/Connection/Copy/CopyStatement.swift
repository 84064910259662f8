// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

extension Statement {
    /// The statement of a COPY that exchanges bytes with this process.
    ///
    /// - Throws: ``PostgresError/Code/misuse`` for another statement, ``PostgresError/Code/invalidParameter`` for one with values.
    static func copy(_ sql: SQL, _ direction: CopyDirection) throws -> Statement {
        let statement = try Statement(sql, preparation: .unnamed)
        guard CopyDirection.of(statement.text) == direction else {
            let (name, form) =
                switch direction {
                case .fromClient: ("copyIn", "COPY … FROM STDIN")
                case .toClient: ("copyOut", "COPY … TO STDOUT")
                }
            throw PostgresError(
                .misuse,
                "\(name) takes a statement of the form \(form); run any other with execute, and the other "
                    + "direction with \(direction == .fromClient ? "copyOut" : "copyIn").", sql: statement.text)
        }
        // It goes through the simple protocol, in which a text may hold several.
        guard CopyDirection.isAlone(statement.text) else {
            throw PostgresError(
                .misuse, "Another statement follows the COPY in its text; run it by itself.", sql: statement.text)
        }
        guard statement.parameters.count == 0 else {
            throw PostgresError(
                .invalidParameter,
                "COPY takes no bound values: PostgreSQL allows none in it. Put names in as \\(identifier:), and select rows "
                    + "with values through a view or a temporary table.", sql: statement.text)
        }
        try RequestLimits.postgres.checkText(statement)
        return statement
    }
}

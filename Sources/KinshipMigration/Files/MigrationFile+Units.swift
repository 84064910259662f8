// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

extension MigrationFile {
    /// Cuts a text into what is done together.
    static func units(of sql: String, in name: String) throws(MigrationError) -> [Unit] {
        let script = SQLScript(sql)
        guard !script.isOpen else {
            throw error(name, "A string, comment, parenthesis or body isn't closed at the end of the file.")
        }
        var units: [Unit] = []
        var open: [String]?
        for statement in script.statements {
            switch StatementRole(statement) {
            case .begin:
                guard open == nil else { throw error(name, "BEGIN stands in a transaction; COMMIT that one first.") }
                open = []
            case .commit:
                guard let statements = open else { throw error(name, "COMMIT stands outside of a transaction.") }
                if !statements.isEmpty { units.append(Unit(statements: statements, isTransaction: true)) }
                open = nil
            case .refused(let reason): throw error(name, reason)
            case .transactional(let reason):
                guard open != nil else { throw error(name, reason) }
                open?.append(statement)
            case .temporary:
                guard open != nil else {
                    throw error(
                        name,
                        "A temporary table is gone when the file goes on in another session after a failure; put it between BEGIN and COMMIT with all that uses it."
                    )
                }
                open?.append(statement)
            case .setting, .plain:
                if open != nil {
                    open?.append(statement)
                } else {
                    units.append(Unit(statements: [statement], isTransaction: false))
                }
            }
        }
        guard open == nil else { throw error(name, "A transaction isn't committed at the end of the file.") }
        return units
    }
}

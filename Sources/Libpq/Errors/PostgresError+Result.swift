// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import CLibpq

/// A letter of libpq's `PG_DIAG_…`, which Swift doesn't see because they are character constants.
private enum Field: Character {
    case severity = "S"
    case plainSeverity = "V"
    case sqlState = "C"
    case message = "M"
    case detail = "D"
    case hint = "H"
    case position = "P"
    case internalQuery = "q"
    case context = "W"
    case schemaName = "s"
    case tableName = "t"
    case columnName = "c"
    case dataTypeName = "d"
    case constraintName = "n"
}

extension PostgresError.ServerFields {
    /// What the server said in an error or a notice; nil when it is libpq's own, without an SQLSTATE.
    init?(_ result: OpaquePointer) {
        func field(_ field: Field) -> String? {
            guard let letter = field.rawValue.asciiValue, let text = PQresultErrorField(result, Int32(letter)) else {
                return nil
            }
            return String(cString: text)
        }
        guard let sqlState = field(.sqlState) else { return nil }
        self.init(
            severity: field(.plainSeverity) ?? field(.severity) ?? "ERROR", sqlState: sqlState,
            message: field(.message) ?? "", detail: field(.detail), hint: field(.hint),
            position: field(.position).flatMap { Int($0) }, internalQuery: field(.internalQuery),
            context: field(.context), schemaName: field(.schemaName), tableName: field(.tableName),
            columnName: field(.columnName), dataTypeName: field(.dataTypeName), constraintName: field(.constraintName))
    }

    /// How many bytes of text it has.
    var size: Int {
        [
            message, detail, hint, internalQuery, context, schemaName, tableName, columnName, dataTypeName,
            constraintName,
        ]
        .reduce(sqlState.utf8.count) { $0 + ($1?.utf8.count ?? 0) }
    }

    /// Whether the server ended the session with it.
    var isFatal: Bool { severity == "FATAL" || severity == "PANIC" }
}

extension PostgresError {
    /// Whether a result is the error of a prepared statement whose columns have changed.
    ///
    /// Told by the server's routine, `RevalidateCachedQuery`, because the message may be in any language and its SQLSTATE
    /// stands for everything that is not supported.
    static func isStalePlan(_ result: OpaquePointer) -> Bool {
        guard let letter = Character("R").asciiValue, let routine = PQresultErrorField(result, Int32(letter)) else {
            return false
        }
        return String(cString: routine) == "RevalidateCachedQuery"
    }
}

// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

/// What the server says it has done when it has run a statement, as far as the statement's first keyword tells.
///
/// Rules on tables don't change it (PostgreSQL documentation, "Rules and Command Status").
enum ExpectedCommand {
    case select, insert, update, delete, merge
    /// Any of them: the statement begins with WITH.
    case rows
    /// None: the text is empty.
    case nothing
    /// Anything.
    case any

    static func of(_ text: String) -> ExpectedCommand {
        switch StatementKind.keyword(of: text) {
        case "select", "values", "table": .select
        case "insert": .insert
        case "update": .update
        case "delete": .delete
        case "merge": .merge
        case "with": .rows
        case "": .nothing
        default: .any
        }
    }

    /// Whether a command tag, such as `INSERT 0 1`, is one of these.
    func allows(_ tag: UnsafePointer<CChar>) -> Bool {
        switch self {
        case .select: Self.begins(tag, "SELECT")
        case .insert: Self.begins(tag, "INSERT")
        case .update: Self.begins(tag, "UPDATE")
        case .delete: Self.begins(tag, "DELETE")
        case .merge: Self.begins(tag, "MERGE")
        case .rows:
            Self.begins(tag, "SELECT") || Self.begins(tag, "INSERT") || Self.begins(tag, "UPDATE")
                || Self.begins(tag, "DELETE") || Self.begins(tag, "MERGE")
        // A text that begins with what isn't a keyword is refused by the server, or is new to us.
        case .nothing, .any: tag[0] != 0
        }
    }

    static func begins(_ tag: UnsafePointer<CChar>, _ word: StaticString) -> Bool {
        for index in 0..<word.utf8CodeUnitCount where UInt8(bitPattern: tag[index]) != word.utf8Start[index] {
            return false
        }
        return true
    }
}

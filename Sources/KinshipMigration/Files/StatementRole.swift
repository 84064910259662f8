// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

/// What a statement of a file is to the session and the transaction that it runs in.
///
/// A file is run statement by statement, and after a failure goes on behind its last one in a session that knows nothing of those ahead.
enum StatementRole: Equatable {
    /// Nothing but what it does to the database.
    case plain
    case begin, commit
    /// Holds for what comes behind it, and is said again to a session that goes on there.
    case setting
    /// Makes what is gone with the session.
    case temporary
    /// Means nothing outside of a transaction, which the text says.
    case transactional(String)
    /// Can't be in a file at all, which the text says.
    case refused(String)

    init(_ statement: String) {
        let words = LeadingWords.of(statement, count: 8)
        self = Self.role(words, statement)
    }

    private static func role(_ words: [String], _ statement: String) -> StatementRole {
        let second = words.dropFirst().first ?? ""
        switch words.first {
        case "BEGIN", "START":
            let rest = words.dropFirst().filter { $0 != "WORK" && $0 != "TRANSACTION" }
            return rest.isEmpty
                ? .begin
                : .refused(
                    "A migration's transactions are what the server makes of BEGIN alone; take \(rest.joined(separator: " ")) out."
                )
        case "COMMIT", "END":
            let rest = words.dropFirst().filter { $0 != "WORK" && $0 != "TRANSACTION" }
            return rest.isEmpty
                ? .commit : .refused("\(words.joined(separator: " ")) can't be in a migration; end with COMMIT.")
        case "ROLLBACK", "ABORT": return .refused("ROLLBACK would leave half of a migration; take it out.")
        case "SAVEPOINT", "RELEASE", "LOCK", "DECLARE", "FETCH", "MOVE", "CLOSE":
            return .transactional(
                "\(words[0]) means nothing outside of a transaction; put it between BEGIN and COMMIT with what needs it."
            )
        case "PREPARE" where second == "TRANSACTION":
            return .refused("PREPARE TRANSACTION would leave a transaction open; end with COMMIT.")
        case "PREPARE", "EXECUTE", "DEALLOCATE", "LISTEN", "UNLISTEN", "DISCARD":
            return .refused(
                "\(words[0]) is of one session only, and a migration may go on in another; write the statement out, or take it out."
            )
        case "COPY" where words.contains("STDIN") || words.contains("STDOUT") || copiesFromClient(statement):
            return .refused("COPY from or to a client is what psql does; write INSERT, or use \"kinship import\".")
        case "SET", "RESET", "LOAD": return setting(words, statement)
        case "SELECT" where ["SET_CONFIG", "PG_CATALOG.SET_CONFIG"].contains(second): return .setting
        case "CREATE" where isTemporary(words): return .temporary
        case nil where statement.hasPrefix("\\"):
            return .refused("Commands of psql can't be in a migration: \(statement.prefix { !$0.isWhitespace }).")
        default: return .plain
        }
    }

    private static func setting(_ words: [String], _ statement: String) -> StatementRole {
        let rest = words.dropFirst()
        switch rest.first {
        case "LOCAL", "CONSTRAINTS":
            return .transactional(
                "SET \(rest.first ?? "") means nothing outside of a transaction; put it between BEGIN and COMMIT with what needs it."
            )
        case "TRANSACTION":
            return .refused("SET TRANSACTION comes too late in a migration; take it out.")
        case "SESSION" where rest.dropFirst().first == "AUTHORIZATION":
            return .refused("Who a session is can't be changed by a migration; write SET ROLE.")
        case "AUTHORIZATION": return .refused("Who a session is can't be changed by a migration; write SET ROLE.")
        case "NAMES", "CLIENT_ENCODING":
            let text = statement.uppercased()
            return text.contains("UTF8") || text.contains("UTF-8") || words[0] == "RESET"
                ? .setting
                : .refused("Files of migrations are UTF-8; take \(words.prefix(2).joined(separator: " ")) out.")
        default: return .setting
        }
    }

    private static func isTemporary(_ words: [String]) -> Bool {
        var rest = words.dropFirst()
        if rest.first == "OR" { rest = rest.dropFirst(2) }
        if rest.first == "GLOBAL" || rest.first == "LOCAL" { rest = rest.dropFirst() }
        return rest.first == "TEMP" || rest.first == "TEMPORARY" || words.contains { $0.hasPrefix("PG_TEMP.") }
    }

    private static func copiesFromClient(_ statement: String) -> Bool {
        let words = LeadingWords.of(statement, count: .max)
        return words.contains { $0 == "STDIN" || $0 == "STDOUT" }
    }
}

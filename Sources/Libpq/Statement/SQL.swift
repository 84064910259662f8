// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

/// SQL text in which `\(value)` binds and never pastes.
///
/// ```swift
/// let id = 7
/// let names = ["Ada", "Grace"]
/// let query: SQL = "select * from \(identifier: "customer") where id = \(id) or name = any(\(names))"
/// print(query.text)  // select * from "customer" where id = $1 or name = any($2)
/// ```
///
/// A nil binds NULL, an array is one parameter, and another ``SQL`` takes its place with its values renumbered:
///
/// ```swift
/// let filter: SQL = id > 0 ? "id = \(id)" : "true"
/// let rows = try await connection.execute("select * from customer where \(filter)")
/// ```
public struct SQL: Sendable {
    /// The text before, between and after the values: one more than there are values.
    private var parts: [String]
    private var parameters = Parameters()
    /// The first value that couldn't be bound; reported when the statement is made, for an interpolation can't throw
    /// without a `try` at each literal.
    private var failure: PostgresError?

    /// The text with `$1` … `$n`. O(length).
    public var text: String {
        var text = parts.first ?? ""
        for (index, part) in parts.dropFirst().enumerated() { text += "$\(index + 1)" + part }
        return text
    }

    /// The statement.
    ///
    /// - Throws: ``PostgresError`` with ``PostgresError/Code/invalidParameter`` for the first value that can't be bound, such as
    ///   a text with U+0000 or an empty identifier.
    public var statement: Statement {
        get throws {
            if let failure { throw failure }
            return Statement(text, parameters)
        }
    }

    /// Several pieces with a separator between them.
    ///
    /// ```swift
    /// let conditions: [SQL] = ["id > \(1)", "name <> \("")"]
    /// let query: SQL = "select * from customer where \(SQL.joined(conditions, separator: " and "))"
    /// ```
    public static func joined(_ pieces: some Sequence<SQL>, separator: SQL) -> SQL {
        var result = SQL(stringLiteral: "")
        for (index, piece) in pieces.enumerated() {
            if index > 0 { result.append(separator) }
            result.append(piece)
        }
        return result
    }

    /// One piece behind the other.
    public static func + (left: SQL, right: SQL) -> SQL {
        var result = left
        result.append(right)
        return result
    }

    fileprivate mutating func append(_ other: SQL) {
        append(raw: other.parts.first ?? "")
        parts.append(contentsOf: other.parts.dropFirst())
        parameters.append(contentsOf: other.parameters)
        failure = failure ?? other.failure
    }

    fileprivate mutating func append(raw text: String) { parts[parts.count - 1] += text }

    fileprivate mutating func append(identifier name: String) {
        guard !name.isEmpty, !name.utf8.contains(0) else {
            failure =
                failure
                ?? PostgresError(
                    .invalidParameter, "An identifier is empty or contains U+0000; give the name as it is.")
            return
        }
        append(
            raw: "\"" + name.split(separator: "\"", omittingEmptySubsequences: false).joined(separator: "\"\"") + "\"")
    }

    fileprivate mutating func bind(_ value: some PostgresEncodable) {
        do {
            try parameters.append(value)
        } catch {
            let place = "Parameter $\(parts.count): "
            let reason = (error as? PostgresError)?.message ?? "the value can't be encoded (\(type(of: error)))."
            failure = failure ?? PostgresError(.invalidParameter, place + reason)
            parameters.appendNull(.unspecified)
        }
        parts.append("")
    }
}

extension SQL: ExpressibleByStringInterpolation {
    /// Text without values.
    public init(stringLiteral text: String) { parts = [text] }

    /// Text with values.
    public init(stringInterpolation: Interpolation) { self = stringInterpolation.sql }

    /// Gathers the pieces of a literal.
    public struct Interpolation: StringInterpolationProtocol {
        fileprivate var sql = SQL(stringLiteral: "")

        /// An empty beginning.
        public init(literalCapacity: Int, interpolationCount: Int) {}

        /// The literal's own text.
        public mutating func appendLiteral(_ literal: String) { sql.append(raw: literal) }

        /// Binds a value as the next parameter.
        public mutating func appendInterpolation(_ value: some PostgresEncodable) { sql.bind(value) }

        // Of its own, for the compiler takes an Optional for a mistake where a parameter isn't one.
        /// Binds a value, or NULL for nil.
        public mutating func appendInterpolation<Value: PostgresEncodable>(_ value: Value?) { sql.bind(value) }

        /// Puts another piece in, with its values.
        public mutating func appendInterpolation(_ sql: SQL) { self.sql.append(sql) }

        /// Puts a name in, quoted; of several, each is quoted and dots are put between, as in `"schema"."table"`.
        ///
        /// Names are then taken exactly as they are, with capitals. Empty ones and those with U+0000 are errors.
        public mutating func appendInterpolation(identifier names: String...) {
            for (index, name) in names.enumerated() {
                if index > 0 { sql.append(raw: ".") }
                sql.append(identifier: name)
            }
        }

        /// Pastes text into the statement as it is.
        ///
        /// **Never with anything that came from outside the program**: whoever writes the text writes the statement. For
        /// values, names and conditions use the other forms.
        public mutating func appendInterpolation(unsafeRaw text: String) { sql.append(raw: text) }
    }
}

extension SQL: CustomStringConvertible {
    /// The text, without the values.
    public var description: String { text }
}

extension SQL: CustomReflectable {
    /// The text, without the values.
    public var customMirror: Mirror { Mirror(self, children: ["text": text]) }
}

extension Statement {
    /// The statement of a text with bound values.
    ///
    /// ```swift
    /// let statement = try Statement("select name from customer where id = \(7)" as SQL)
    /// ```
    ///
    /// - Throws: ``PostgresError`` with ``PostgresError/Code/invalidParameter``.
    public init(_ sql: SQL, preparation: Preparation = .cached) throws {
        self = try sql.statement
        self.preparation = preparation
    }
}

// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

/// How much the results of one request may hold together.
///
/// ```swift
/// let rows = try await pool.execute("select * from log", limits: ResultLimits(rows: 10_000, bytes: 16 << 20))
/// ```
///
/// They are kept while rows arrive: with the first row too many, reading stops, the statement is cancelled on the server and
/// the error is ``PostgresError/Code/resultTooLarge``. What is still on its way is read and dropped when it is little, else the
/// connection is closed. A statement outside a transaction that changed something may have happened all the same.
public struct ResultLimits: Sendable, Hashable {
    /// Which of the two was exceeded.
    package enum Kind: Sendable {
        case rows, bytes
    }

    /// How many rows; nil is any number.
    public var rows: Int?
    /// How many bytes of memory, as ``RowSet/memorySize`` counts them; nil is any number.
    public var bytes: Int?

    /// Limits; without any, everything the server sends is taken.
    public init(rows: Int? = nil, bytes: Int? = nil) {
        self.rows = rows
        self.bytes = bytes
    }

    /// Whether there is a limit at all.
    package var areSet: Bool { rows != nil || bytes != nil }

    /// What results of a size exceed, if anything.
    func exceeded(rows: Int, bytes: Int) -> Kind? {
        if let most = self.rows, rows > most { return .rows }
        if let most = self.bytes, bytes > most { return .bytes }
        return nil
    }

    /// The error for results that are too large.
    func refusal(_ kind: Kind, sql: String?, statementIndex: Int?) -> PostgresError {
        let what =
            switch kind {
            case .rows: "has more than the \(rows ?? 0) rows allowed"
            case .bytes: "takes more than the \(bytes ?? 0) bytes of memory allowed"
            }
        var error = PostgresError(
            .resultTooLarge,
            "The result \(what), so reading stopped and the statement was cancelled; ask for less, or raise the limit.",
            sql: sql, statementIndex: statementIndex)
        error.particulars = kind
        return error
    }
}

extension PostgresError {
    /// Which limit, for ``Code/resultTooLarge``.
    package var exceeded: ResultLimits.Kind? { particulars as? ResultLimits.Kind }
}

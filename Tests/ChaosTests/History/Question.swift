// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Libpq
import TestSupport

/// A statement whose answer says which question it answers, so that an answer that was given to somebody else is seen.
struct Question: Sendable {
    enum Shape: Int, CaseIterable, Sendable {
        /// The tag and a number computed from it.
        case number
        /// Long text with the tag in it.
        case text
        /// Many rows, each with the tag.
        case rows
        /// Tens of kilobytes.
        case large
        /// Takes the server its time.
        case slow
        /// One of many statements, more than a connection keeps prepared.
        case varied
        /// A row of a table.
        case stored
    }

    let shape: Shape
    let tag: Int64
    /// How many rows, how many repetitions, which of the varied statements.
    let size: Int32

    init(_ shape: Shape, tag: Int64, size: Int32) {
        self.shape = shape
        self.tag = tag
        self.size = size
    }

    /// Some question.
    init(tag: Int64, _ random: inout SeededRandom) {
        self.init(random.pick(Shape.allCases, .number), tag: tag, size: Int32(random.number(1...60)))
    }

    /// What the server computes as well.
    static func mixed(_ number: Int64) -> Int64 { (number * 48_271 + 11) % 2_147_483_647 }

    func statement() throws -> Statement {
        switch shape {
        case .number:
            try Statement("select \(tag) as tag, (\(tag) * 48271 + 11) % 2147483647" as SQL)
        case .text:
            try Statement("select \(tag) as tag, repeat(\("\(tag),")::text, \(size)::int4)" as SQL)
        case .rows:
            try Statement(
                "select \(tag) as tag, n::int8, ((\(tag) + n) * 48271 + 11) % 2147483647 from generate_series(1, \(size)::int4) n"
                    as SQL)
        case .large:
            try Statement("select \(tag) as tag, repeat(\("\(tag)/")::text, \(size)::int4 * 200)" as SQL)
        case .slow:
            try Statement("select \(tag) as tag, pg_sleep(\(size)::int4 / 2000.0)::text" as SQL)
        case .varied:
            try Statement(
                "select \(tag) as tag, (\(tag) * 48271 + 11) % 2147483647 + \(unsafeRaw: "\(size)") /* one of many */"
                    as SQL)
        case .stored:
            try Statement("select \(tag) as tag, id::int8, checked from item where id = \(size)::int4" as SQL)
        }
    }

    /// The cells of the right answer.
    var expected: [[String]] {
        switch shape {
        case .number: [["\(tag)", "\(Self.mixed(tag))"]]
        case .text: [["\(tag)", String(repeating: "\(tag),", count: Int(size))]]
        case .rows: (1...Int64(size)).map { ["\(tag)", "\($0)", "\(Self.mixed(tag + $0))"] }
        case .large: [["\(tag)", String(repeating: "\(tag)/", count: Int(size) * 200)]]
        case .slow: [["\(tag)", ""]]
        case .varied: [["\(tag)", "\(Self.mixed(tag) + Int64(size))"]]
        case .stored: [["\(tag)", "\(size)", "\(Self.mixed(Int64(size)))"]]
        }
    }

    /// The cells of an answer, numbers as text.
    static func cells(of rows: RowSet) throws -> [[String]] {
        try (0..<rows.count).map { row in
            try (0..<rows.columnCount).map { column in
                rows.typeID(column: column) == .text
                    ? try rows.decode(String.self, row: row, column: column)
                    : "\(try rows.decode(Int64.self, row: row, column: column))"
            }
        }
    }
}

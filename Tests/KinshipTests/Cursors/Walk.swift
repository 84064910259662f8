// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Kinship
import Libpq
import RelationPlanner
import TestSupport
import Testing

/// One walk over pages of seven rows, while other rows come and go.
struct Walk {
    private let terms: [String]
    private let part: Int?
    private let place: WalkTests.Place
    private let isForward: Bool
    private var random: SeededRandom
    /// Rows that come and go have ids from here on.
    private static let strangers = 1_000_000

    init(_ terms: [String], part: Int?, _ place: WalkTests.Place, isForward: Bool, _ seed: UInt64) {
        (self.terms, self.part, self.place, self.isForward) = (terms, part, place, isForward)
        random = SeededRandom(seed)
    }

    /// The rows' keys in the order, as the server has it.
    private func keys(_ test: TestDatabase) async throws -> [Int] {
        let order = terms.map { term in
            let words = term.split(separator: " ", maxSplits: 1)
            return "\"\(words[0])\" " + (words.count > 1 ? words[1] : "")
        }
        let condition = part.map { "part = \($0) AND " } ?? ""
        let rows = try await test.run(
            "SELECT id FROM walk WHERE \(condition)id < \(Self.strangers) ORDER BY \(order.joined(separator: ", ")), id"
        )
        return rows.compactMap { $0.first.flatMap { $0 }.flatMap { Int($0) } }
    }

    mutating func callAsFunction(_ database: Database, _ test: TestDatabase) async throws {
        let wanted = try await keys(test)
        var seen: [Int] = []
        var cursor: JSONValue?
        var pages = 0
        while pages <= wanted.count {
            var filter: [JSONValue.Member] = [
                .init("order", .array(terms.map { .string($0) })), .init("limit", 7), .init("page", ["cursor": true]),
                .init(
                    "fields", .array((terms.map { String($0.split(separator: " ")[0]) } + ["id"]).map { .string($0) })),
            ]
            if let part { filter.append(.init("where", ["part": .number(String(part))])) }
            if let cursor {
                filter.append(.init(isForward ? "after" : "before", cursor))
            } else if !isForward {
                // From behind everything.
                filter.removeAll { $0.key == "limit" }
                filter.append(.init("skip", .number(String(max(0, try await count(test) - 5)))))
            }
            let graph = try await database.find("Walk", filter: .object(filter))
            let page = try JSONValue(parsing: String(decoding: try graph.json(), as: UTF8.self))
            let rows = page["rows"]?.elements ?? []
            let ids = rows.compactMap { row in row["id"].flatMap { Int($0.description) } }
            seen = isForward ? seen + ids : ids + seen
            pages += 1
            guard let end = isForward ? rows.last : rows.first else { break }
            switch place {
            case .shown:
                if rows.count < 7, cursor != nil || isForward { cursor = nil } else { cursor = end }
            case .opaque: cursor = (isForward ? graph.nextCursor : graph.previousCursor).map { .string($0) }
            }
            if cursor == nil { break }
            if random.once(in: 6) { try await change(database, except: place == .shown ? ids : []) }
        }
        let name =
            "\(terms) part \(part.map(String.init) ?? "-") by \(place.rawValue) \(isForward ? "forwards" : "backwards")"
        let own = seen.filter { $0 < Self.strangers }
        if own != wanted {
            let twice = Dictionary(grouping: own, by: \.self).filter { $0.value.count > 1 }.keys.sorted()
            let lost = Set(wanted).subtracting(own).sorted()
            Issue.record(
                "\(name): \(pages) pages, lost \(lost.prefix(10)) of \(lost.count), twice \(twice.prefix(10)) of \(twice.count)"
            )
        }
        try await test.run("DELETE FROM walk WHERE id >= \(Self.strangers)")
    }

    private func count(_ test: TestDatabase) async throws -> Int {
        let condition = part.map { "WHERE part = \($0)" } ?? ""
        return try await test.run("SELECT count(*) FROM walk \(condition)").first?.first.flatMap { $0 }.flatMap {
            Int($0)
        } ?? 0
    }

    /// Rows are put in and taken out, those that a page has just shown among them: but not the one that shown values name, for
    /// who has to start where it was shown sees what else was shown so again.
    private mutating func change(_ database: Database, except ids: [Int]) async throws {
        let first = Self.strangers + random.number(0...2_000) * 50
        let kept = ids.filter { $0 >= Self.strangers }.map(String.init).joined(separator: ", ")
        let keeping = kept.isEmpty ? "" : "AND id NOT IN (\(kept))"
        try await database.pool.execute(
            Statement(
                "DELETE FROM walk WHERE id >= \(Self.strangers) AND id % 3 = \(random.number(0...2)) \(keeping)",
                preparation: .unnamed))
        try await database.pool.execute(
            Statement(
                """
                INSERT INTO walk SELECT w.* FROM generate_series(\(first), \(first + 30)) n CROSS JOIN LATERAL walk_row(n) w
                ON CONFLICT DO NOTHING
                """, preparation: .unnamed))
    }
}

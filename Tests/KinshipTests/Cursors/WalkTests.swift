// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Kinship
import Libpq
import RelationPlanner
import TestSupport
import Testing

/// B6: whoever walks page by page sees each row once, whatever the rows are ordered by and whoever else comes and goes.
@Suite struct WalkTests {
    /// What a place is given by.
    enum Place: String, CaseIterable {
        case shown, opaque
    }

    @Test
    func `Types of all sorts, in orders of several, by shown values and by opaque cursors, forwards and backwards`()
        async throws
    {
        try await WalkTable.with("types") { (database, test) async throws in
            var random = SeededRandom(Effort.seed)
            for (position, column) in WalkTable.columns.enumerated() {
                var names = [column.name]
                while names.count < 3 {
                    let name = random.pick(WalkTable.columns, column).name
                    if !names.contains(name) { names.append(name) }
                }
                let terms = names.map {
                    $0 + random.pick(["", " DESC", " NULLS FIRST", " DESC NULLS LAST", " NULLS LAST"])
                }
                for (place, isForward) in position % 2 == 0
                    ? [(Place.shown, true), (.opaque, false)] : [(.opaque, true), (.shown, false)]
                {
                    var walk = Walk(terms, part: position % WalkTable.parts, place, isForward: isForward, random.next())
                    try await walk(database, test)
                }
            }
        }
    }

    @Test(arguments: Place.allCases)
    func `All rows of a table of ten thousand, by when they were made`(place: Place) async throws {
        try await WalkTable.with("all_\(place.rawValue)") { (database, test) async throws in
            var walk = Walk(["timestamptz DESC"], part: nil, place, isForward: place == .shown, Effort.seed)
            try await walk(database, test)
        }
    }

    @Test func `The table has every type that PostgreSQL can order`() async throws {
        let test = try await TestDatabase.named("walk_catalog")
        let rows = try await test.run(
            """
            SELECT DISTINCT format_type(o.opcintype, NULL) FROM pg_opclass o JOIN pg_am m ON m.oid = o.opcmethod
            JOIN pg_namespace n ON n.oid = o.opcnamespace
            WHERE m.amname = 'btree' AND o.opcdefault AND n.nspname = 'pg_catalog'
            """)
        let known = Set(WalkTable.columns.map(\.type)).union(WalkTable.families)
        let missing = Set(rows.compactMap { $0.first ?? nil }).subtracting(known)
        #expect(missing.isEmpty)
    }
}

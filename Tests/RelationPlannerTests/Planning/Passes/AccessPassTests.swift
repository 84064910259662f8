// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Testing

@testable import RelationPlanner

@Suite struct AccessPassTests {
    private func lookup(
        _ filter: String, of model: String = "Person", each: Double? = nil, rows: Double = 1000
    ) throws -> KeyLookup {
        let catalog = Catalog(
            LibrarySchema.catalog().tables.values.map { table in
                guard table.name == "book" else { return table }
                return Catalog.Table(
                    name: "book",
                    columns: table.columns.values.map {
                        Catalog.Column($0.name, $0.type, estimatedDistinct: $0.name == "writerid" ? each : nil)
                    },
                    primaryKey: table.primaryKey, indexes: table.indexes, estimatedRows: rows)
            })
        let tree = try LibrarySchema.tree(model, #"{"include": \#(filter)}"#, [AccessPass()], catalog: catalog)
        return try #require(tree.steps[1].lookup)
    }

    @Test func `What an index finds is looked up by an array, the first rows of each key by LATERAL`() throws {
        #expect(try lookup(#""books""#).access == .array)
        let limited = try lookup(#"{"relation": "books", "scope": {"limit": 1}}"#)
        #expect(limited.access == .lateral && limited.fencesOrder && limited.windowKeys == nil)
        #expect(try lookup(#"{"relation": "books", "count": true}"#).reason.hasPrefix("numbers for each parent"))
    }

    @Test(arguments: [
        Double.infinity, -.infinity, .nan, 0, -1, 1e300, .leastNonzeroMagnitude, .greatestFiniteMagnitude,
    ])
    func `Estimates of a catalog made by hand end no process`(odd: Double) throws {
        let limited = #"{"relation": "books", "scope": {"order": "title", "limit": 1}}"#
        for (each, rows) in [(odd, 1000), (10, odd), (odd, odd)] {
            let lookup = try lookup(limited, each: each, rows: rows)
            #expect(lookup.access == .lateral || lookup.access == .window)
            #expect(lookup.windowKeys.map { $0 >= 2 } ?? true)
        }
    }
}

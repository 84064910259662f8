// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Testing

@testable import KinshipSchema

/// What a planner asks a catalog: the answers decide how rows are looked up, so a wrong yes is worse than a wrong no.
@Suite struct CatalogQuestionTests {
    private typealias Column = Catalog.Index.Column

    private func has(
        _ indexes: [Catalog.Index], _ equal: [String], _ order: [Column], known: [String] = []
    ) -> Bool {
        let table = Catalog.Table(
            name: "t", columns: ["k", "a", "b"].map { Catalog.Column($0, .int4, isNullable: false) }, indexes: indexes)
        return Catalog([table]).hasIndex(schema: "public", table: "t", leading: equal, then: order, known: known)
    }

    private func index(_ columns: Column..., method: String = "btree", isPartial: Bool = false) -> Catalog.Index {
        Catalog.Index(name: "i", columns: columns, isPartial: isPartial, method: method)
    }

    @Test func `An order is read forwards or backwards, never half of each`() {
        let up = [index(Column("k"), Column("a"), Column("b"))]
        #expect(has(up, ["k"], [Column("a"), Column("b")]))
        #expect(has(up, ["k"], [Column("a")]))
        #expect(has(up, ["k"], [Column("a", isDescending: true), Column("b", isDescending: true)]))
        #expect(!has(up, ["k"], [Column("a", isDescending: true), Column("b")]))
        #expect(!has(up, ["k"], [Column("b")]))
        #expect(!has(up, [], [Column("a")]))
        let mixed = [index(Column("k"), Column("a", isDescending: true), Column("b"))]
        #expect(has(mixed, ["k"], [Column("a", isDescending: true), Column("b")]))
        #expect(has(mixed, ["k"], [Column("a"), Column("b", isDescending: true)]))
        #expect(!has(mixed, ["k"], [Column("a"), Column("b")]))
    }

    @Test func `The place of NULLs is part of an order`() {
        let last = [index(Column("k"), Column("a", isDescending: true, nullsFirst: false))]
        #expect(has(last, ["k"], [Column("a", isDescending: true, nullsFirst: false)]))
        #expect(has(last, ["k"], [Column("a", nullsFirst: true)]))
        // The server doesn't consider that a NOT NULL column has none.
        #expect(!has(last, ["k"], [Column("a", isDescending: true)]))
        #expect(!has(last, ["k"], [Column("a")]))
    }

    @Test func `Columns of one value need no order, wherever they stand`() {
        let index = [index(Column("b"), Column("k"), Column("a"))]
        #expect(has(index, ["k", "b"], [Column("b"), Column("a"), Column("k")]))
        #expect(has(index, ["k"], [Column("a")], known: ["b"]))
        #expect(!has(index, ["k"], [Column("a")]))
        #expect(has([self.index(Column("k"), Column("a"))], ["k"], [Column("a")], known: ["b"]))
        #expect(has([self.index(Column("k"))], ["k"], [Column("k")]))
        #expect(!has([self.index(Column("a"), Column("k"))], ["k"], [Column("a")]))
    }

    @Test func `Indexes that don't hold the rows in the columns' own order don't serve`() {
        let order = [Column("a")]
        #expect(!has([index(Column("k"), Column("a"), isPartial: true)], ["k"], order))
        #expect(!has([index(Column("k"), Column("a"), method: "gist")], ["k"], order))
        #expect(!has([index(Column("k"), Column("a", isExpression: true))], ["k"], order))
        #expect(!has([index(Column("k"), Column("a", hasColumnCollation: false))], ["k"], order))
        #expect(!has([index(Column("k"), Column("a", hasTypeOrder: false))], ["k"], order))
        // An equality asks for the collation, but not for the order.
        #expect(has([index(Column("k", hasTypeOrder: false), Column("a"))], ["k"], order))
        #expect(!has([index(Column("k", hasColumnCollation: false), Column("a"))], ["k"], order))
        #expect(!has([], ["k"], order))
        #expect(!has([], [], []))
    }

    @Test func `Only B-trees and hashes answer equalities`() {
        func leads(_ index: Catalog.Index) -> Bool {
            Catalog([Catalog.Table(name: "t", columns: [], indexes: [index])])
                .hasIndex(schema: "public", table: "t", leading: ["k"])
        }
        #expect(leads(index(Column("k"), method: "hash")))
        #expect(!leads(index(Column("k"), method: "gin")))
        #expect(!leads(index(Column("k"), method: "brin")))
        #expect(!leads(index(Column("k", isExpression: true))))
        #expect(!leads(index(Column("k", hasColumnCollation: false))))
    }

    @Test func `A primary key that is checked at COMMIT is not unique until then`() {
        let index = Catalog.Index(name: "t_pkey", columns: [Column("k")], isUnique: false)
        let table = Catalog.Table(name: "t", columns: [], primaryKey: ["k"], indexes: [index])
        #expect(!Catalog([table]).isUnique(schema: "public", table: "t", columns: ["k"]))
        #expect(Catalog([table]).hasIndex(schema: "public", table: "t", leading: ["k"]))
    }

    @Test func `A foreign key holds for exactly its columns, and only while it can't be broken`() {
        func holds(
            _ key: Catalog.ForeignKey, _ columns: [String] = ["a", "b"], _ target: [String] = ["x", "y"]
        ) -> Bool {
            Catalog([Catalog.Table(name: "t", columns: [], foreignKeys: [key])])
                .hasForeignKey(
                    from: .init("public", "t"), columns: columns, to: .init("app", "u"), columns: target)
        }
        func key(isValid: Bool = true, isDeferrable: Bool = false) -> Catalog.ForeignKey {
            Catalog.ForeignKey(
                name: "f", columns: ["a", "b"], target: .init("app", "u"), targetColumns: ["x", "y"], isValid: isValid,
                isDeferrable: isDeferrable)
        }
        #expect(holds(key()))
        #expect(holds(key(), ["b", "a"], ["y", "x"]))
        #expect(!holds(key(), ["a", "b"], ["y", "x"]))
        #expect(!holds(key(), ["a"], ["x"]))
        #expect(!holds(key(), ["a", "b", "c"], ["x", "y", "z"]))
        #expect(!holds(key(), ["a", "b"], ["x"]))
        #expect(!holds(key(), [], []))
        #expect(!holds(key(isValid: false)))
        #expect(!holds(key(isDeferrable: true)))
        var other = key()
        other.target = .init("public", "u")
        #expect(!holds(other))
        #expect(!Catalog().hasForeignKey(from: .init("a", "b"), columns: ["c"], to: .init("a", "d"), columns: ["e"]))
    }

    @Test func `Sizes and distribution`() {
        let table = Catalog.Table(name: "t", columns: [], estimatedRows: 12)
        #expect(Catalog([table]).estimatedRows(schema: "public", table: "t") == 12)
        #expect(Catalog([table]).estimatedRows(schema: "app", table: "t") == nil)
        #expect(!Catalog([table]).isDistributed)
        for distribution in [Catalog.Distribution.reference, .distributed(column: "a"), .distributed(column: nil)] {
            let spread = Catalog.Table(name: "u", columns: [], distribution: distribution)
            #expect(Catalog([table, spread]).isDistributed)
        }
    }
}

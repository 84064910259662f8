// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Testing

@testable import RelationPlanner

@Suite struct ReusePassTests {
    @Test func `The way back takes the rows that are there`() throws {
        let tree = try LibrarySchema.tree("Person", #"{"include": {"books": "writer"}}"#, [ReusePass()])
        #expect(tree.models == ["Person", "Book"])
        #expect(tree.nodes[2].step == 0)
        guard case .known(let keys, let child)? = tree.nodes[2].link else { return #expect(Bool(false)) }
        #expect(keys == KeyFlow(1, [.property(2)]) && child == [.property(0)])
    }

    @Test func `What hangs from them takes its keys there`() throws {
        let tree = try LibrarySchema.tree("Person", #"{"include": {"books": {"writer": "books"}}}"#, [ReusePass()])
        #expect(tree.models == ["Person", "Book", "Book"])
        #expect(try tree.step(of: 3).step.inputs == [KeyFlow(0, [.property(0)])])
    }

    @Test(arguments: [
        #"{"include": {"books": "editor"}}"#,
        #"{"include": {"relation": "books", "scope": {"include": {"relation": "writer", "scope": {"where": {"name": "x"}}}}}}"#,
        #"{"fields": ["id"], "include": {"books": "writer"}}"#,
    ])
    func `Another way, other rows and other columns are asked for`(filter: String) throws {
        #expect(try LibrarySchema.tree("Person", filter, [ReusePass()]).models == ["Person", "Book", "Person"])
    }

    @Test func `Rows that are no more unique are asked for`() throws {
        // Without a key in the database the way back could lead to several.
        let catalog = Catalog(
            LibrarySchema.catalog().tables.values.map { table in
                var table = table
                table.primaryKey = []
                return table
            })
        let filter = #"{"include": {"books": "writer"}}"#
        #expect(try LibrarySchema.tree("Person", filter, [ReusePass()], catalog: catalog).models.count == 3)
    }

    @Test func `The way back from what was joined in leads into the root's rows`() throws {
        let filter = #"{"where": {"id": 1}, "include": {"book": {"writer": {"books": "writer"}}}}"#
        let tree = try LibrarySchema.tree("Cover", filter, [JoinPass(), ReusePass()])
        #expect(tree.models == ["Cover", "Book"])
        #expect(tree.nodes[4].step == 0)
        #expect(tree.nodes[4].shown.map(\.column) == [.property(0, of: "j2"), .property(1, of: "j2")])
    }
}

// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Testing

@testable import RelationPlanner

@Suite struct KeyOnlyPassTests {
    private let filter = #"{"include": {"relation": "writer", "scope": {"fields": ["id"], "include": "books"}}}"#

    @Test func `A target of which the key is asked needs no step`() throws {
        let tree = try LibrarySchema.tree("Book", filter, [KeyOnlyPass()])
        #expect(tree.models == ["Book", "Book"])
        #expect(tree.nodes[1].step == 0 && tree.nodes[1].shown.map(\.column) == [.property(2)])
        // What hangs from it takes the key where it stands.
        #expect(try tree.step(of: 2).step.inputs == [KeyFlow(0, [.property(2)])])
    }

    @Test func `Without a foreign key nobody knows whether there is one`() throws {
        let catalog = LibrarySchema.catalog(foreignKeys: false)
        #expect(try LibrarySchema.tree("Book", filter, [KeyOnlyPass()], catalog: catalog).models.count == 3)
        #expect(try LibrarySchema.tree("Book", filter, [KeyOnlyPass()], catalog: nil).models.count == 3)
    }

    @Test func `Rows that some can't see are asked for`() throws {
        let catalog = Catalog(
            LibrarySchema.catalog().tables.values.map { table in
                var table = table
                table.hasRowSecurity = table.name == "person"
                return table
            })
        #expect(try LibrarySchema.tree("Book", filter, [KeyOnlyPass()], catalog: catalog).models.count == 3)
    }

    @Test func `More than the key is asked for`() throws {
        for scope in [#"{}"#, #"{"fields": ["id"], "where": {"name": "x"}}"#] {
            let filter = #"{"include": {"relation": "writer", "scope": \#(scope)}}"#
            #expect(try LibrarySchema.tree("Book", filter, [KeyOnlyPass()]).models.count == 2, "\(scope)")
        }
    }

    @Test func `Links tell the keys of their targets`() throws {
        let filter = #"{"include": {"relation": "topics", "scope": {"fields": ["id"], "limit": 2}}}"#
        let tree = try LibrarySchema.tree("Book", filter, [LinksOnlyPass()])
        #expect(tree.models == ["Book", "Mark"])
        let read = try #require(try tree.step(of: 1).step.read)
        #expect(read.source.link == nil && read.limit != nil && read.restrictions.count == 1)
        #expect(tree.nodes[1].shown.map(\.column) == [.property(2)])
        #expect(
            try LibrarySchema.tree("Book", #"{"include": "topics"}"#, [LinksOnlyPass()]).models == ["Book", "Topic"])
    }
}

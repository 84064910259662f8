// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Testing

@testable import RelationPlanner

@Suite struct JoinPassTests {
    @Test func `One record brings its to-one relations along, and those of theirs`() throws {
        let tree = try LibrarySchema.tree(
            "Cover", #"{"where": {"id": 1}, "include": {"book": {"writer": "books"}}}"#, [JoinPass()])
        #expect(tree.models == ["Cover", "Book"])
        let source = try #require(tree.steps[0].read?.source)
        #expect(source.joins.map(\.alias) == ["j1", "j2"])
        #expect(source.joins.map(\.otherAlias) == ["t", "j1"])
        // What hangs from the last one takes its keys from the root's rows.
        #expect(try tree.step(of: 3).step.inputs == [KeyFlow(0, [.property(0, of: "j2")])])
        #expect(tree.nodes[1].step == 0 && tree.nodes[2].step == 0)
    }

    @Test func `The columns of what is joined in take the place of its key`() throws {
        let filter =
            #"{"where": {"id": 1}, "fields": ["id"], "include": {"relation": "book", "scope": {"fields": ["title"]}}}"#
        let before = try LibrarySchema.tree("Cover", filter).steps[0].read?.uses
        #expect(before == [ColumnUse(.shown, [.property(0)]), ColumnUse(.include(0, 0), [.property(1)])])
        let after = try LibrarySchema.tree("Cover", filter, [JoinPass()]).steps[0].read?.uses
        #expect(
            after == [
                ColumnUse(.shown, [.property(0)]), ColumnUse(.shown, [.property(1, of: "j1")]),
                ColumnUse(.key, [.property(0, of: "j1")]), ColumnUse(.link, []),
            ])
    }

    @Test func `Of many records only those come along that no two share`() throws {
        #expect(try LibrarySchema.tree("Book", #"{"include": "cover"}"#, [JoinPass()]).models == ["Book"])
        #expect(try LibrarySchema.tree("Book", #"{"include": "writer"}"#, [JoinPass()]).models == ["Book", "Person"])
    }

    @Test func `What the first rows are ordered by comes along as well`() throws {
        let filter = #"{"order": "writer.name", "limit": 3, "include": "writer"}"#
        let tree = try LibrarySchema.tree("Book", filter, [JoinPass()])
        #expect(tree.models == ["Book"] && tree.steps[0].read?.source.joins.count == 1)
        let all = try LibrarySchema.tree("Book", #"{"order": "writer.name", "include": "writer"}"#, [JoinPass()])
        #expect(all.models == ["Book", "Person"] && all.steps[0].read?.source.joins.count == 1)
    }

    @Test func `Nothing is joined in where the database isn't known, or is several`() throws {
        let filter = #"{"where": {"id": 1}, "include": "book"}"#
        #expect(try LibrarySchema.tree("Cover", filter, [JoinPass()], catalog: nil).models == ["Cover", "Book"])
        let options = PlanOptions(isDistributed: true)
        #expect(try LibrarySchema.tree("Cover", filter, [JoinPass()], options).models == ["Cover", "Book"])
    }

    @Test func `To-many relations and rows ahead of a place keep their own steps`() throws {
        #expect(
            try LibrarySchema.tree("Person", #"{"where": {"id": 1}, "include": "books"}"#, [JoinPass()]).models.count
                == 2)
        let backwards = #"{"before": {"id": 5}, "limit": 1, "include": "cover"}"#
        #expect(try LibrarySchema.tree("Book", backwards, [JoinPass()]).models == ["Book", "Cover"])
    }
}

// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Testing

@testable import RelationPlanner

/// The tree as the filter has it, before any pass.
@Suite struct StepTreeTests {
    @Test func `There is a step for each relation, its keys are those of the step it hangs from`() throws {
        let tree = try LibrarySchema.tree("Person", #"{"include": {"books": ["cover", "writer"]}}"#)
        #expect(tree.models == ["Person", "Book", "Cover", "Person"])
        #expect(tree.steps[1].inputs == [KeyFlow(0, [.property(0)])])
        #expect(tree.steps[2].inputs == [KeyFlow(1, [.property(0)])])
        #expect(tree.steps[3].inputs == [KeyFlow(1, [.property(2)])])
        #expect(tree.nodes.map(\.parent) == [nil, 0, 1, 1])
    }

    @Test func `A step says what its columns are for`() throws {
        let tree = try LibrarySchema.tree(
            "Person", #"{"include": {"relation": "books", "scope": {"fields": ["title"], "include": "cover"}}}"#)
        #expect(
            tree.steps[1].read?.uses == [
                ColumnUse(.shown, [.property(1)]), ColumnUse(.key, [.property(2)]),
                ColumnUse(.include(1, 0), [.property(0)]), ColumnUse(.link, []),
            ])
    }

    @Test func `Lists of keys are steps without a statement`() throws {
        let tree = try LibrarySchema.tree("Book", #"{"include": "readers"}"#)
        #expect(tree.models == ["Book", "Book", "Person"])
        #expect(tree.order.map { tree.steps[$0].isLocal } == [false, true, false])
        #expect(tree.steps[2].inputs == [KeyFlow(1, [.position(0)])])
        #expect(tree.steps[2].lookup?.timing == .late)
    }

    @Test func `A polymorphic belongsTo has a step for each type`() throws {
        let tree = try LibrarySchema.tree("Comment", #"{"include": "about"}"#)
        #expect(Set(tree.models.dropFirst()) == ["Book", "Person", "Cover", "Topic", "Mark", "Comment"])
        #expect(tree.steps.dropFirst().allSatisfy { $0.lookup?.timing == .late })
        #expect(tree.nodes[1].step == nil && tree.nodes[1].variants.count == tree.models.count - 1)
    }

    @Test func `A step that is taken away hands its takers over`() throws {
        var tree = try LibrarySchema.tree("Person", #"{"include": {"books": "cover"}}"#)
        tree.replace(1, by: 0) { $0.renamed("x") }
        #expect(tree.order == [0, 2])
        #expect(tree.steps[2].inputs == [KeyFlow(0, [.property(0, of: "x")])])
        #expect(tree.nodes[1].step == 0)
    }

    @Test func `A step can be put ahead of another one, ids stay`() throws {
        var tree = try LibrarySchema.tree("Person", #"{"include": "books"}"#)
        let id = tree.insert(tree.steps[1], before: 1)
        #expect(tree.order == [0, id, 1])
    }
}

// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Testing

@testable import RelationPlanner

@Suite struct SharePassTests {
    private let passes: [any Pass] = [ReusePass(), AccessPass(), ColumnsPass(), SharePass()]

    @Test func `Keys of two columns of the same rows are asked for at once`() throws {
        let tree = try LibrarySchema.tree("Book", #"{"include": ["writer", "editor"]}"#, passes)
        #expect(tree.models == ["Book", "Person"])
        #expect(tree.steps[1].inputs == [KeyFlow(0, [.property(2)]), KeyFlow(0, [.property(3)])])
        #expect(tree.nodes[1].step == tree.nodes[2].step)
    }

    @Test func `The same rows for the same keys are asked for once, and so is what hangs from them`() throws {
        let filter = #"{"include": {"books": {"writer": {"books": "writer"}}}}"#
        let tree = try LibrarySchema.tree("Person", filter, passes)
        #expect(tree.models == ["Person", "Book"])
        #expect(tree.nodes.map(\.step) == [0, 1, 0, 1, 0])
        #expect(tree.steps[1].inputs.count == 1)
    }

    @Test(arguments: [
        #"[{"relation": "writer", "scope": {"fields": ["id"]}}, "editor"]"#,
        #"[{"relation": "writer", "scope": {"where": {"name": "x"}}}, "editor"]"#,
        #"[{"relation": "writer", "scope": {"where": {"name": "x"}}}, {"relation": "editor", "scope": {"where": {"name": "y"}}}]"#,
    ])
    func `Other columns, conditions and values are asked for apart`(includes: String) throws {
        #expect(try LibrarySchema.tree("Book", #"{"include": \#(includes)}"#, passes).models.count == 3)
    }

    @Test func `Numbers are asked for once, whatever is asked of the rows`() throws {
        // Of the writer's books with limits, and of the same person's books through the editor, in another order.
        let scopes = [#""limit": 1"#, #""order": "title DESC", "skip": 1"#].map { scope in
            #"{"relation": "books", "count": true, "rows": \#(scope.contains("limit")), "scope": {\#(scope)}}"#
        }
        let filter =
            #"{"include": [{"relation": "writer", "scope": {"include": [\#(scopes[0])]}}, {"relation": "editor", "scope": {"include": [\#(scopes[1])]}}]}"#
        let tree = try LibrarySchema.tree("Book", filter, passes)
        #expect(tree.models == ["Book", "Person", "Book", "Book"])
        #expect(tree.nodes[2].summary?.step == tree.nodes[4].summary?.step)
    }

    @Test func `Why a step is asked doesn't matter`() throws {
        var tree = try LibrarySchema.tree("Book", #"{"include": ["writer", "editor"]}"#, [AccessPass(), ColumnsPass()])
        tree.change(2) { $0.lookup?.reason = "another one" }
        SharePass().run(on: &tree)
        #expect(tree.models == ["Book", "Person"])
    }

    @Test func `Keys that differ in their access or timing are asked for apart`() throws {
        for change in [
            { $0.lookup?.access = .window }, { $0.lookup?.timing = .late },
            { $0.lookup?.known = .knownKey(0, element: .int4) },
            { $0.inputs[0].form = .typed(discriminator: .property(1), type: "x") },
        ] as [(inout Step) -> Void] {
            var tree = try LibrarySchema.tree(
                "Book", #"{"include": ["writer", "editor"]}"#, [AccessPass(), ColumnsPass()])
            tree.change(2, change)
            SharePass().run(on: &tree)
            #expect(tree.models == ["Book", "Person", "Person"])
        }
    }
}

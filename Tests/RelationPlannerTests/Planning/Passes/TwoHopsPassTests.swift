// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Testing

@testable import RelationPlanner

@Suite struct TwoHopsPassTests {
    @Test func `Links come ahead of targets that many share`() throws {
        let tree = try LibrarySchema.tree("Book", #"{"include": "topics"}"#, [TwoHopsPass()])
        #expect(tree.models == ["Book", "Mark", "Topic"])
        let links = tree.order[1]
        #expect(tree.steps[links].inputs == [KeyFlow(0, [.property(0)])])
        let targets = try tree.step(of: 1).step
        #expect(targets.inputs == [KeyFlow(links, [.property(2)])])
        #expect(targets.lookup?.timing == .handedOver && targets.read?.source.link == nil)
    }

    @Test func `In parts the keys are waited for`() throws {
        let options = PlanOptions(isInParts: true)
        let tree = try LibrarySchema.tree("Book", #"{"include": "topics"}"#, [TwoHopsPass()], options)
        #expect(try tree.step(of: 1).step.lookup?.timing == .late)
    }

    @Test(arguments: [
        (#"{"include": "topics"}"#, 300), (#"{"include": {"relation": "topics", "scope": {"limit": 1}}}"#, 100_000),
        (#"{"where": {"id": 1}, "include": "topics"}"#, 100_000),
    ])
    func `Few links, limits for each parent and one parent are read joined`(filter: String, marks: Double) throws {
        let catalog = LibrarySchema.catalog(marks: marks)
        #expect(try LibrarySchema.tree("Book", filter, [TwoHopsPass()], catalog: catalog).models == ["Book", "Topic"])
    }

    @Test func `Estimates that are no numbers end nothing`() throws {
        for marks in [Double.infinity, -.infinity, .nan] {
            let catalog = LibrarySchema.catalog(marks: marks)
            let tree = try LibrarySchema.tree("Book", #"{"include": "topics"}"#, [TwoHopsPass()], catalog: catalog)
            #expect(tree.models.last == "Topic")
        }
    }
}

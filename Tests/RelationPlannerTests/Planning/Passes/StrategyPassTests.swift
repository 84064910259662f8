// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Testing

@testable import RelationPlanner

@Suite struct StrategyPassTests {
    private func steps(_ model: String, _ filter: String, _ options: PlanOptions) throws -> [Step] {
        let passes: [any Pass] = [KnownKeysPass(), TwoHopsPass(), AccessPass(), ColumnsPass(), StrategyPass()]
        let tree = try LibrarySchema.tree(model, filter, passes, options)
        return tree.order.map { tree.steps[$0] }
    }

    @Test func `Level by level keys are sent when they have come`() throws {
        let steps = try steps("Person", #"{"include": {"books": "cover"}}"#, PlanOptions())
        #expect(steps.map(\.passing) == [.none, .parameter, .parameter] && steps.map(\.wave) == [0, 1, 2])
        #expect(steps.allSatisfy { $0.read?.isNamed == false })
    }

    @Test func `In one trip they are handed over, and found by their names`() throws {
        let steps = try steps("Person", #"{"include": {"books": "cover"}}"#, PlanOptions(strategy: .oneTrip))
        #expect(steps.map(\.passing) == [.none, .handedOver, .handedOver] && steps.allSatisfy { $0.wave == 0 })
        #expect(steps.allSatisfy { $0.read?.isNamed == true })
    }

    @Test func `What is known isn't waited for, what is late is`() throws {
        let known = try steps("Person", #"{"where": {"id": 1}, "include": "books"}"#, PlanOptions())
        #expect(known.map(\.passing) == [.none, .known] && known.map(\.wave) == [0, 0])
        let typed = try steps("Comment", #"{"include": "about"}"#, PlanOptions(strategy: .oneTrip))
        #expect(typed.dropFirst().allSatisfy { $0.passing == .parameter && $0.wave == 1 })
    }

    @Test func `Rows that are made here come with their parents, what takes their keys comes later`() throws {
        let steps = try steps("Book", #"{"include": "readers"}"#, PlanOptions(strategy: .oneTrip))
        #expect(steps.map(\.passing) == [.none, .none, .parameter] && steps.map(\.wave) == [0, 0, 1])
    }

    @Test func `Targets follow their links in the same trip, whatever the strategy`() throws {
        let steps = try steps("Book", #"{"include": "topics"}"#, PlanOptions())
        #expect(steps.map(\.passing) == [.none, .parameter, .handedOver] && steps.map(\.wave) == [0, 1, 1])
    }
}

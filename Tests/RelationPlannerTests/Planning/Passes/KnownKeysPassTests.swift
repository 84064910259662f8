// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Testing

@testable import RelationPlanner

@Suite struct KnownKeysPassTests {
    private func known(_ model: String, _ filter: String, _ options: PlanOptions = PlanOptions()) throws -> [Bool] {
        let tree = try LibrarySchema.tree(model, filter, [KnownKeysPass()], options)
        return tree.order.dropFirst().map { tree.steps[$0].lookup?.known != nil }
    }

    @Test func `What hangs from the root's key knows it, what hangs deeper doesn't`() throws {
        #expect(try known("Person", #"{"where": {"id": 1}, "include": {"books": "cover"}}"#) == [true, false])
    }

    @Test func `Numbers know it as well`() throws {
        let filter = #"{"where": {"id": 1}, "include": {"relation": "books", "count": true, "rows": true}}"#
        #expect(try known("Person", filter) == [true, true])
    }

    @Test func `A list of keys is known where nothing else is asked`() throws {
        #expect(try known("Person", #"{"where": {"id": {"inq": [1, 2]}}, "include": "books"}"#) == [true])
        #expect(try known("Person", #"{"where": {"id": {"inq": [1, 2]}}, "limit": 1, "include": "books"}"#) == [false])
    }

    @Test func `Another key than the root's, types and given roots are waited for`() throws {
        #expect(try known("Book", #"{"where": {"id": 1}, "include": "writer"}"#) == [false])
        #expect(try known("Comment", #"{"where": {"id": 1}, "include": "about"}"#).allSatisfy { !$0 })
        let given = PlanOptions(isRootGiven: true)
        #expect(try known("Person", #"{"where": {"id": 1}, "include": "books"}"#, given) == [false])
    }
}

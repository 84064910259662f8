// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import RelationPlanner
import Testing

/// Filters that go by the records of a scope, however large their numbers.
@Suite struct NarrowedFilterTests {
    @Test func skippingMoreThanThereCanBeSkipsAll() {
        var asked = Filter()
        asked.skip = .rows(.max)
        asked.isNarrowed = true
        var scope = Filter()
        scope.skip = .rows(5)
        #expect(asked.merging(scope: scope).skip == .rows(.max))
        scope.limit = .rows(3)
        let none = asked.merging(scope: scope)
        #expect(none.condition == .never && none.limit == nil)
        asked.skip = .rows(1)
        #expect(asked.merging(scope: scope).skip == .rows(6))
        #expect(asked.merging(scope: scope).limit == .rows(2))
    }
}

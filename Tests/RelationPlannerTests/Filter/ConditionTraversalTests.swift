// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import RelationPlanner
import Testing

/// Who walks through a condition sees all of it, whatever it is made of.
@Suite struct ConditionTraversalTests {
    private static let value = BoundValue(.int4, .integer(7))
    private static let operand = Condition.Operand(3)

    /// A condition of each kind that is made of no others, with the number of its operands and values.
    private static let leaves: [(condition: Condition, operands: Int, values: Int)] = [
        (.always, 0, 0), (.never, 0, 0), (.comparison(operand, .less, value), 1, 1),
        (.isNull(operand, negated: true), 1, 0),
        (.member(operand, values: value, matchesNull: true, negated: false), 1, 1),
        (.between(operand, value, value), 1, 2), (.pattern(operand, .ilike, value), 1, 1),
        (.regularExpression(operand, value, ignoringCase: true), 1, 1),
        (.containment(operand, .overlaps, value), 1, 1), (.match(operand, .init(value)), 1, 1),
        (.columns(operand, .equal, .init(4)), 2, 0), (.near(operand, .init(value)), 1, 1),
        (.near(operand, .init(value, minimum: value, maximum: value)), 1, 3),
        (.related(.init(0, .some, .comparison(operand, .equal, value))), 0, 0),
    ]

    @Test func eachKindTellsItsOperandsAndValues() {
        for leaf in Self.leaves {
            #expect(leaf.condition.operands.count == leaf.operands, "\(leaf.condition)")
            #expect(leaf.condition.children.isEmpty)
            #expect(leaf.condition.parts == [leaf.condition])
            var changed = leaf.condition
            var count = 0
            changed.updateValues { value in
                value.contents = .integer(Int64(count))
                count += 1
            }
            #expect(count == leaf.values, "\(leaf.condition)")
            #expect((changed == leaf.condition) == (leaf.values == 0))
            var same = leaf.condition
            same.updateChildren { $0 = .never }
            #expect(same == leaf.condition)
        }
    }

    @Test func partsComeAheadOfTheirChildren() {
        let (one, two, three) = (Self.leaves[2].condition, Self.leaves[3].condition, Self.leaves[4].condition)
        let inner = Condition.any([two, .not(three)])
        let condition = Condition.all([one, inner])
        #expect(condition.parts == [condition, one, inner, two, .not(three), three])
        #expect(condition.children == [one, inner])
    }

    @Test func onlyAndIsLookedThroughForWhatMustBeTrue() {
        let (one, two, three) = (Self.leaves[2].condition, Self.leaves[3].condition, Self.leaves[4].condition)
        let condition = Condition.all([one, .all([two, .any([three])]), .not(one)])
        #expect(condition.conjuncts == [one, two, .any([three]), .not(one)])
        #expect(one.conjuncts == [one])
    }

    @Test func childrenAndRelatedConditionsCanBeChanged() {
        var condition = Condition.all([.not(Self.leaves[2].condition), Self.leaves[13].condition])
        condition.updateChildren { child in
            child.updateChildren { $0 = .never }
            child.updateRelated { $0.condition = .always }
        }
        #expect(condition == .all([.not(.never), .related(.init(0, .some, .always))]))
    }

    @Test func valuesOfAllKindsAreTakenOutOfAShape() {
        let condition = Condition.any(Self.leaves.map(\.condition))
        // Those of the related rows' condition as well.
        #expect(condition.parameterized().values.count == Self.leaves.reduce(1) { $0 + $1.values })
    }
}

// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

/// The way through a condition, for all who look into one or change it.
///
/// What a condition is made of is about the same row, and so has the same model. Conditions on related rows are about
/// another model and are no children: who wants them goes on in ``Condition/RelatedCondition`` with that model.
extension Condition {
    /// The conditions this one is made of.
    package var children: [Condition] {
        switch self {
        case .all(let conditions), .any(let conditions): conditions
        case .not(let condition): [condition]
        case .always, .never, .comparison, .isNull, .member, .between, .pattern, .regularExpression, .containment,
            .match, .columns, .near, .related:
            []
        }
    }

    /// The condition and all it is made of, each ahead of its children.
    package var parts: [Condition] {
        var parts: [Condition] = []
        var pending = [self]
        while let next = pending.popLast() {
            parts.append(next)
            pending += next.children.reversed()
        }
        return parts
    }

    /// What has to be true, all of it, for the condition to be: the members of an `and`, and of those within it.
    package var conjuncts: [Condition] {
        var conjuncts: [Condition] = []
        var pending = [self]
        while let next = pending.popLast() {
            if case .all = next { pending += next.children.reversed() } else { conjuncts.append(next) }
        }
        return conjuncts
    }

    /// What the condition itself looks at, its children aside.
    package var operands: [Operand] {
        switch self {
        case .comparison(let operand, _, _), .isNull(let operand, _), .member(let operand, _, _, _),
            .between(let operand, _, _), .pattern(let operand, _, _), .regularExpression(let operand, _, _),
            .containment(let operand, _, _), .match(let operand, _), .near(let operand, _):
            [operand]
        case .columns(let one, _, let other): [one, other]
        case .always, .never, .all, .any, .not, .related: []
        }
    }

    /// Changes the conditions this one is made of.
    package mutating func updateChildren<E: Error>(_ change: (inout Condition) throws(E) -> Void) throws(E) {
        switch self {
        case .all(var conditions):
            for index in conditions.indices { try change(&conditions[index]) }
            self = .all(conditions)
        case .any(var conditions):
            for index in conditions.indices { try change(&conditions[index]) }
            self = .any(conditions)
        case .not(var condition):
            try change(&condition)
            self = .not(condition)
        case .always, .never, .comparison, .isNull, .member, .between, .pattern, .regularExpression, .containment,
            .match, .columns, .near, .related:
            break
        }
    }

    /// Changes what is asked of related rows, where that is the condition.
    package mutating func updateRelated<E: Error>(_ change: (inout RelatedCondition) throws(E) -> Void) throws(E) {
        guard case .related(var related) = self else { return }
        try change(&related)
        self = .related(related)
    }

    /// Changes the values the condition itself compares with, in the order they are written.
    package mutating func updateValues<E: Error>(_ change: (inout BoundValue) throws(E) -> Void) throws(E) {
        switch self {
        case .comparison(let operand, let comparison, var value):
            try change(&value)
            self = .comparison(operand, comparison, value)
        case .member(let operand, var values, let matchesNull, let negated):
            try change(&values)
            self = .member(operand, values: values, matchesNull: matchesNull, negated: negated)
        case .between(let operand, var lower, var upper):
            try change(&lower)
            try change(&upper)
            self = .between(operand, lower, upper)
        case .pattern(let operand, let pattern, var value):
            try change(&value)
            self = .pattern(operand, pattern, value)
        case .regularExpression(let operand, var value, let ignoringCase):
            try change(&value)
            self = .regularExpression(operand, value, ignoringCase: ignoringCase)
        case .containment(let operand, let containment, var value):
            try change(&value)
            self = .containment(operand, containment, value)
        case .match(let operand, var search):
            try change(&search.query)
            self = .match(operand, search)
        case .near(let operand, var nearness):
            try change(&nearness.center)
            if var minimum = nearness.minimum {
                try change(&minimum)
                nearness.minimum = minimum
            }
            if var maximum = nearness.maximum {
                try change(&maximum)
                nearness.maximum = maximum
            }
            self = .near(operand, nearness)
        case .always, .never, .all, .any, .not, .isNull, .columns, .related: break
        }
    }
}

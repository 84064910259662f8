// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import RelationPlanner

/// What came of a request that was checked, resolved and planned, and which of its values go where: the next one that is like it
/// needs none of that.
///
/// Which bound values a literal becomes is not guessed but seen: two requests that are planned alike and differ in some literals
/// differ in the bound values that these became. Until then, and wherever that can't be told, a literal has to be the same one.
/// A value that can't be bound, or is bound as another type, makes its request one to be checked anew: so every error is found where
/// it always was, and nothing that fails is kept.
final class RequestTemplate: Sendable {
    private struct Literal: Sendable {
        let value: JSONValue
        /// The property it is bound as; nil for a number of rows.
        let property: Property.ID?
        /// Whether it can be told what it is bound as.
        let isSimple: Bool
        /// What it became; empty as long as that isn't known.
        var slots: [Int] = []
    }

    let plan: PreparedPlan
    private let values: [BoundValue]
    private let literals: [Literal]

    init(_ plan: PreparedPlan, _ values: [BoundValue], _ literals: [RequestKey.Literal]) {
        self.plan = plan
        self.values = values
        let model = plan.schema[plan.model]
        self.literals = literals.map { literal in
            guard !literal.property.isEmpty else {
                return Literal(value: literal.value, property: nil, isSimple: true)
            }
            let property = model.property(literal.property)
            let isSimple = property.map { Self.isSimple($0, model, plan.schema) } ?? false
            return Literal(value: literal.value, property: property?.id, isSimple: isSimple)
        }
    }

    private init(_ template: RequestTemplate, _ literals: [Literal]) {
        plan = template.plan
        values = template.values
        self.literals = literals
    }

    /// Whether the type alone says how a value of a property is compared: not at a path and not as a document, and never where the
    /// value decides whether the question is allowed, because it may be a guess at what is hidden.
    private static func isSimple(_ property: Property, _ model: Model, _ schema: Schema) -> Bool {
        let category = property.columnType.category
        return category != .json && category != .jsonb && Concealment(property, of: model, in: schema) == nil
    }

    /// The values to bind for a request with other literals; nil where it has to be checked anew.
    func values(for others: [RequestKey.Literal]) -> [BoundValue]? {
        guard others.count == literals.count else { return nil }
        var bound = values
        for (literal, other) in zip(literals, others) where literal.value != other.value {
            guard !literal.slots.isEmpty, let value = bind(other.value, literal) else { return nil }
            for slot in literal.slots {
                guard value.type == values[slot].type else { return nil }
                bound[slot] = value
            }
        }
        return bound
    }

    private func bind(_ value: JSONValue, _ literal: Literal) -> BoundValue? {
        guard let property = literal.property else {
            guard case .number(let text) = value, let rows = Int64(text) else { return nil }
            return BoundValue(.int8, .integer(rows))
        }
        return try? plan.schema.value(value, of: property, in: plan.model)
    }

    /// What is known once another request like it was planned.
    func learned(_ plan: PreparedPlan, _ others: [BoundValue], _ otherLiterals: [RequestKey.Literal]) -> RequestTemplate
    {
        guard plan === self.plan, others.count == values.count, otherLiterals.count == literals.count else {
            return RequestTemplate(plan, others, otherLiterals)
        }
        let changed = values.indices.filter { values[$0] != others[$0] }
        var learned = literals
        var explained: [Int: Int] = [:]
        for (index, other) in otherLiterals.enumerated() where literals[index].value != other.value {
            guard literals[index].isSimple, let before = bind(literals[index].value, literals[index]),
                let after = bind(other.value, literals[index]), before != after
            else { return self }
            let slots = changed.filter { values[$0] == before && others[$0] == after }
            for slot in slots { explained[slot, default: 0] += 1 }
            learned[index].slots = slots
        }
        // Each change by one literal, and no literal without one: else nothing is known.
        guard changed.allSatisfy({ explained[$0] == 1 }), explained.count == changed.count,
            zip(learned, otherLiterals).allSatisfy({ $0.value == $1.value || !$0.slots.isEmpty })
        else { return self }
        return RequestTemplate(self, learned)
    }
}

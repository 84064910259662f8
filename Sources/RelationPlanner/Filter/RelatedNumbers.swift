// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

/// Numbers about related rows, and what is asked of them: `{"orders": {"count": {"gte": 3}, "sum": {"total": {"gt": 100}}}}`.
package struct RelatedNumbers: Sendable, Hashable {
    /// One number: a function, and the property of the target it is of.
    package typealias Term = Include.Summary.Term

    /// The numbers; each once.
    package private(set) var terms: [Term] = []
    /// What is asked of them. An operand's property is the place of a number among ``terms``, from 0.
    package var test: Condition = .always

    /// The place of a number, which is added where it isn't there.
    mutating func place(of term: Term) -> Property.ID {
        if let place = terms.firstIndex(of: term) { return Property.ID(place) }
        terms.append(term)
        return Property.ID(terms.count - 1)
    }

    /// The row of the numbers about some rows of `target`, as a model that ``test`` is about.
    package func row(of target: Model, called name: String) -> Model {
        Model.ofNumbers(
            name,
            terms.map { term in
                guard let property = target.properties.element(term.property), term.function != .count else {
                    return ("count", .number, .int8)
                }
                return (
                    "\(term.function.rawValue)(\(property.name))", term.function.isExtreme ? property.kind : .number,
                    term.function.isExtreme ? property.columnType : term.function.resultType(of: property.columnType)
                )
            })
    }
}

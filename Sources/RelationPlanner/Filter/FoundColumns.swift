// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

/// The columns that the rows of a condition are found by.
struct FoundColumns {
    /// Those compared with one value.
    var equal: [String] = []
    /// Those compared in another way that an index could serve.
    var narrowed: [String] = []

    init(_ condition: Condition, of model: Model) {
        for part in condition.conjuncts {
            switch part {
            case .comparison(let operand, let comparison, _) where comparison != .notEqual:
                add(operand, of: model, isEqual: comparison == .equal)
            case .member(let operand, _, _, negated: false), .between(let operand, _, _),
                .isNull(let operand, negated: false), .pattern(let operand, .like, _),
                .containment(let operand, _, _):
                add(operand, of: model, isEqual: false)
            default: break
            }
        }
    }

    private mutating func add(_ operand: Condition.Operand, of model: Model, isEqual: Bool) {
        let property = model.properties[operand.property]
        guard operand.path.isEmpty else { return }
        if isEqual, property.columnType.isOrdered {
            if !equal.contains(property.column) { equal.append(property.column) }
        } else {
            narrowed.append(property.column)
        }
    }
}

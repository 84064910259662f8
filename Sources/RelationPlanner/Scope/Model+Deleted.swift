// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

extension Model {
    /// What a record has to meet that isn't deleted, or is; true of all where deleted ones are gone.
    package func condition(deleted: Filter.Deleted? = nil) -> Condition {
        guard let property = softDelete, deleted != .included else { return .always }
        let operand = Condition.Operand(property.id)
        if property.kind == .boolean {
            let isDeleted = Condition.comparison(operand, .equal, BoundValue(property.columnType, .bool(true)))
            return deleted == .only ? isDeleted : .not(isDeleted)
        }
        return .isNull(operand, negated: deleted == .only)
    }
}

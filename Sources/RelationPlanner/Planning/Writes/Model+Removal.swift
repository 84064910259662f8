// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

extension Model {
    /// What deleting rows of the model is: they go, or say from now on that they are deleted.
    func removal(_ match: RowMatch) -> ChangePart.Action {
        guard let property = softDelete else { return .delete(match) }
        let isDeleted: ChangeValue =
            property.kind == .boolean ? .value(BoundValue(property.columnType, .bool(true))) : .now
        return .update(Update([Insert.Cell(property.id, isDeleted)], match))
    }
}

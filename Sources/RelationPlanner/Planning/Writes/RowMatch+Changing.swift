// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

extension RowMatch {
    /// What becomes of these rows: those that still have the number of changes that the data have get the data. Where these say nothing
    /// else the rows are found as they are, and nothing is counted.
    mutating func changing(_ data: RecordData, of model: Model) -> ChangePart.Action {
        let data = data.seen(in: model, &self)
        return data.isEmpty ? .find(Find(self)) : .update(Update(data.cells, self))
    }
}

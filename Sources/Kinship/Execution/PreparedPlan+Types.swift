// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Libpq
import RelationPlanner

extension PreparedPlan {
    /// Refuses rows of a fetch with a column of another type than it is read as, see ``StaleType``.
    ///
    /// - Complexity: linear in the columns, and next to nothing for each where nothing has changed.
    func checkTypes(of rows: RowSet, _ fetch: Fetch.ID) throws(PlannerError) {
        let types = columnTypes[fetch.index]
        if types.count <= rows.columnCount,
            types.indices.allSatisfy({ types[$0] == rows.typeID(column: $0).rawValue && types[$0] != 0 })
        {
            return
        }
        try StaleType.check(rows, of: plan.fetches[fetch], schema)
    }
}

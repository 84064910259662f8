// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import RelationPlanner

extension Graph {
    /// How many records of each node are in the answer: a row that belongs to several parents counts for each.
    ///
    /// - Complexity: linear in the rows of each node. In circles the numbers grow with each turn; they end at the largest.
    func recordCounts() -> [Int] {
        // How often each row of a node is in the answer.
        var times: [[Int]] = []
        for node in plan.nodes {
            guard let rows = rows(of: node) else {
                times.append([])
                continue
            }
            guard let parent = node.parent else {
                times.append(Array(repeating: 1, count: rows.count))
                continue
            }
            var own = [Int](repeating: 0, count: rows.count)
            for (row, count) in times[parent.index].enumerated() where count > 0 {
                for child in related(node.id, toParentRow: row) where own.indices.contains(child) {
                    own[child] = own[child].saturatingAdd(count)
                }
            }
            times.append(own)
        }
        return times.map { $0.reduce(0) { $0.saturatingAdd($1) } }
    }
}

extension Int {
    fileprivate func saturatingAdd(_ other: Int) -> Int {
        let (sum, overflow) = addingReportingOverflow(other)
        return overflow ? .max : sum
    }
}

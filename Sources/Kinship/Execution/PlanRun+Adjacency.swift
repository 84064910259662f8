// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Libpq
import RelationPlanner

// Whose rows are whose.
extension PlanRun {
    /// How the rows of a fetch hang from a node's parents; nil when they were not asked for.
    ///
    /// - Throws: where the task was cancelled.
    mutating func adjacency(
        _ link: NodeLink, _ fetch: Fetch.ID?, of node: Node
    ) throws(CancellationError) -> Adjacency? {
        guard let rows = fetch.flatMap({ rowSets[$0.index] }) else { return nil }
        switch link {
        case .key(let source, let child):
            guard let keys = try keyIndex(source) else { return nil }
            return try Adjacency(
                parents: keys.numbers, keyCount: keys.count, children: keys.find(rows, columns: child))
        case .ordinal(let source, let column):
            guard let keys = try keyIndex(source) else { return nil }
            return try Adjacency(
                parents: keys.numbers, keyCount: keys.count,
                children: ordinals(rows, column: column, count: keys.count))
        case .twoHop(let source, let columns, let targets, let child):
            guard let keys = try keyIndex(source), let links = rowSets[targets.fetch.index],
                let targetKeys = try keyIndex(targets)
            else { return nil }
            return try Adjacency(
                parents: keys.numbers, keyCount: keys.count, links: keys.find(links, columns: columns),
                targets: targetKeys.numbers, targetCount: targetKeys.count,
                found: targetKeys.find(rows, columns: child))
        case .row(let column):
            return try Adjacency(parentCount: parentCount(of: node), children: rows.rowNumbers(column: column))
        case .list(let lists, let targets, let isStored, let limits):
            return try list(lists, targets, rows, isStored: isStored, limits, of: node)
        case .joined(let presence): return try Adjacency(joinedIn: rows, presence: presence)
        }
    }

    private func parentCount(of node: Node) -> Int {
        node.parent.flatMap { plan.nodes[$0].fetch }.flatMap { rowSets[$0.index] }?.count ?? 0
    }

    /// The targets of lists of keys, in the lists' order or in their own; what is linked twice comes twice, what isn't there
    /// is passed over (K8, D21).
    private mutating func list(
        _ lists: Fetch.ID, _ targets: NodeLink, _ rows: RowSet, isStored: Bool, _ limits: NodeLink.ListLimits,
        of node: Node
    ) throws(CancellationError) -> Adjacency? {
        guard let source = targets.keys, let keys = try keyIndex(source), let links = rowSets[lists.index] else {
            return nil
        }
        let found: [Int32] =
            switch targets {
            case .ordinal(_, let column): try ordinals(rows, column: column, count: keys.count)
            case .key(_, let child): try keys.find(rows, columns: child)
            default: []
            }
        let parents = try links.rowNumbers(column: ReferenceRows.parent)
        let count = parentCount(of: node)
        let all: Adjacency
        if isStored {
            let ofKey = try Adjacency(parents: keys.numbers, keyCount: keys.count, children: found)
            var children: [Int32] = []
            var targets: [Int32] = []
            for link in 0..<links.count {
                try checkCancellation(at: link)
                for position in ofKey.range(ofParentRow: link) {
                    children.append(parents[link])
                    targets.append(Int32(truncatingIfNeeded: ofKey.childRow(at: position)))
                }
            }
            all = try Adjacency(parentCount: count, children: children, rows: targets)
        } else {
            all = try Adjacency(
                parents: (0..<count).map { Int32(truncatingIfNeeded: $0) }, keyCount: count, links: parents,
                targets: keys.numbers, targetCount: keys.count, found: found)
        }
        let (skip, limit) = (rowLimit(limits.skip) ?? 0, rowLimit(limits.limit))
        return skip == 0 && limit == nil
            ? all : try all.limited(skip: skip, limit: limit, takesLast: limits.takesLast)
    }

    private func rowLimit(_ limit: Filter.RowLimit?) -> Int? {
        switch limit {
        case nil, .unlimited: return nil
        case .rows(let rows): return rows
        case .slot(let slot):
            guard case .integer(let rows) = values[slot].contents else { return nil }
            return Int(clamping: rows)
        }
    }

    /// Key numbers from positions that count from 1; anything else belongs to nobody.
    private func ordinals(_ rows: RowSet, column: Int, count: Int) throws(CancellationError) -> [Int32] {
        try (0..<rows.count).map { row throws(CancellationError) in
            try checkCancellation(at: row)
            guard let ordinal = integerCell(rows, row: row, column: column), ordinal >= 1, ordinal <= Int64(count)
            else { return -1 }
            return Int32(ordinal - 1)
        }
    }
}

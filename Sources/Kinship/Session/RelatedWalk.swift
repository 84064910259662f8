// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Libpq
import RelationPlanner

/// How what a relation of one record leads to is gone through, page by page: each behind the last record of the one ahead.
struct RelatedWalk {
    let target: Model
    /// The order, completed by the key.
    let order: [OrderTerm]
    /// How many records there are to be; `Int.max` for all.
    let limit: Int
    /// Whether no record comes twice.
    let isUnique: Bool
    /// Whether what is shown has all that is ordered by.
    let showsOrder: Bool

    /// nil for what has no pages: lists in a record's own row, those in an order of links or of other rows, and those whose scope is a
    /// function of the record.
    ///
    /// - Parameter include: the relation's accessor, resolved.
    init?(_ include: Include, of source: Model, in schema: Schema) {
        let relation = source.relations[include.relation]
        guard relation.isToMany, relation.kind != .referencesMany, relation.embedded == nil, include.deferral == nil,
            include.link?.order.isEmpty != false, include.scope.cursor?.side != .before,
            let target = relation.target.map({ schema[$0] })
        else { return nil }
        let order = schema.completedOrder(include.scope.order, for: target.id)
        guard schema.hasPlaces(in: order, of: target) else { return nil }
        switch include.scope.limit {
        case nil, .unlimited?: limit = .max
        case .rows(let rows)?: limit = rows
        case .slot?: return nil
        }
        let shown = (include.scope.fields ?? target.properties.map(\.id)).filter { !target.properties[$0].isHidden }
        (self.target, self.order) = (target, order)
        isUnique = relation.through == nil && schema.isUnique(target.primaryKey, of: target)
        showsOrder = order.allSatisfy { shown.contains($0.operand.property) }
    }

    /// The page that some rows are.
    ///
    /// Where a record may come several times (K8) it is on one page each time, for the next one begins behind it.
    ///
    /// - Parameters:
    ///   - asked: how many rows were asked for.
    ///   - rest: how many were still to come.
    /// - Returns: nil where all of them are the same record, and more of it may follow.
    func page(_ found: RelatedRecords, asked: Int, rest: Int, in schema: Schema) throws -> RelatedPage? {
        let numbers = found.rows
        guard numbers.count >= asked, rest > asked else {
            return RelatedPage(records: found, count: numbers.count, next: nil)
        }
        guard let fetch = found.node.fetch.flatMap({ found.graph.plan.fetch($0) }),
            let rows = found.graph.rows(of: found.node), let columns = columns(of: fetch)
        else {
            throw PlannerError(
                .unsupported, "The records of \(target.name) have no pages in this order.", model: target.name)
        }
        var count = numbers.count
        if !isUnique, let last = numbers.last {
            while count > 0, Self.areSame(numbers[numbers.startIndex + count - 1], last, columns, in: rows) {
                count -= 1
            }
            guard count > 0 else { return nil }
        }
        let values = try PageCursors.values(
            columns, of: fetch, rows, row: numbers[numbers.startIndex + count - 1])
        let place = RelatedPage.Place(
            cursor: try schema.place(behind: values, in: order, of: target), rest: rest == .max ? .max : rest - count)
        return RelatedPage(records: found, count: count, next: place)
    }

    /// The columns that hold what is ordered by.
    private func columns(of fetch: Fetch) -> [Int]? {
        var columns: [Int] = []
        for term in order {
            let column = fetch.columns.firstIndex {
                $0.model == target.id && $0.property == term.operand.property && $0.alias == Fetch.Column.ownAlias
            }
            guard let column else { return nil }
            columns.append(column)
        }
        return columns
    }

    private static func areSame(_ one: Int, _ other: Int, _ columns: [Int], in rows: RowSet) -> Bool {
        columns.allSatisfy { column in
            switch (rows.bytes(row: one, column: column), rows.bytes(row: other, column: column)) {
            case (nil, nil): true
            case (let left?, let right?): left.elementsEqual(right)
            default: false
            }
        }
    }
}

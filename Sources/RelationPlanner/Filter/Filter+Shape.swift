// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

extension Filter {
    /// The filter without its values, and the values.
    ///
    /// In the shape every value is a placeholder that keeps its type (``BoundValue/Contents/slot(_:)``), as are limits
    /// and skips, whose values come out as `bigint`. Filters that differ in values only have equal shapes, whatever the
    /// length of their lists: plans and statement texts are made of shapes. NULLs and flags stay in the shape.
    ///
    /// ```swift
    /// let (shape, values) = filter.parameterized()
    /// ```
    ///
    /// The n-th value is that of slot n. The order is fixed: condition, order, cursor, limit, skip, then the includes
    /// in their order, each with its link condition before its scope and its types after it.
    /// - Complexity: linear in the filter.
    public func parameterized() -> (shape: Filter, values: [BoundValue]) {
        var extractor = ValueExtractor()
        var shape = self
        extractor.take(from: &shape)
        return (shape, extractor.values)
    }
}

extension Condition {
    /// The condition without its values, and the values; see ``Filter/parameterized()``.
    package func parameterized() -> (shape: Condition, values: [BoundValue]) {
        var extractor = ValueExtractor()
        var shape = self
        extractor.take(from: &shape)
        return (shape, extractor.values)
    }
}

/// Takes values out of a filter, leaving placeholders.
struct ValueExtractor {
    var values: [BoundValue] = []
    /// How many were taken out by others before.
    var first = 0

    mutating func take(from value: inout BoundValue) {
        switch value.contents {
        case .null, .slot: return
        default: break
        }
        let slot = first + values.count
        values.append(value)
        value.contents = .slot(slot)
    }

    private mutating func take(from limit: inout Filter.RowLimit?, emptiest: Int) {
        switch limit {
        case nil, .slot: break
        // Saying that there is none is the same as not saying anything, once scopes are merged.
        case .unlimited, .rows(emptiest): limit = nil
        case .rows(let rows):
            limit = .slot(first + values.count)
            values.append(BoundValue(.int8, .integer(Int64(rows))))
        }
    }

    mutating func take(from filter: inout Filter) {
        take(from: &filter.condition)
        for index in filter.order.indices { take(from: &filter.order[index]) }
        if filter.cursor != nil {
            for index in filter.cursor?.keys.indices ?? 0..<0 {
                if var key = filter.cursor?.keys[index] {
                    take(from: &key.term)
                    take(from: &key.value)
                    take(from: &key.shown)
                    filter.cursor?.keys[index] = key
                }
            }
            if var reach = filter.cursor?.reach, reach != .always {
                take(from: &reach)
                filter.cursor?.reach = reach
            }
        }
        take(from: &filter.limit, emptiest: -1)
        take(from: &filter.skip, emptiest: 0)
        for index in filter.include.indices where filter.include[index].deferral == nil {
            if var link = filter.include[index].link {
                take(from: &link.condition)
                for term in link.order.indices { take(from: &link.order[term]) }
                filter.include[index].link = link
            }
            take(from: &filter.include[index].scope)
            take(from: &filter.include[index].probe)
            for type in filter.include[index].typeScopes.indices {
                take(from: &filter.include[index].typeScopes[type].scope)
            }
        }
    }

    private mutating func take(from shown: inout Filter.Cursor.Shown?) {
        switch shown {
        case .upTo(var value):
            take(from: &value)
            shown = .upTo(value)
        case .json(var value):
            take(from: &value)
            shown = .json(value)
        case .anything, nil: break
        }
    }

    mutating func take(from term: inout OrderTerm) {
        if term.distance != nil, var point = term.distance {
            take(from: &point)
            term.distance = point
        }
        if var list = term.list {
            take(from: &list)
            term.list = list
        }
        guard var related = term.related else { return }
        for step in related.path.indices {
            take(from: &related.path[step].scope)
            take(from: &related.path[step].linkScope)
            for index in related.path[step].order.indices { take(from: &related.path[step].order[index]) }
        }
        term.related = related
    }

    mutating func take(from condition: inout Condition) {
        condition.updateValues { take(from: &$0) }
        condition.updateChildren { take(from: &$0) }
        condition.updateRelated { related in
            take(from: &related.condition)
            if var numbers = related.numbers {
                take(from: &numbers.test)
                related.numbers = numbers
            }
            take(from: &related.scope)
            take(from: &related.linkScope)
            for index in related.order.indices { take(from: &related.order[index]) }
        }
    }
}

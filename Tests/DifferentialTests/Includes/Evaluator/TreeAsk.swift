// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import RelationPlanner

/// A filter as the evaluator reads it, for rows of one model.
struct TreeAsk {
    /// A term of an order: a column, one of a to-one relation's row, or numbers about a to-many relation's rows (B2).
    struct Term {
        /// What terms and the values of cursors are told apart by.
        var name: String
        /// The relations that lead to what is ordered by.
        var path: [TreeRelation] = []
        /// Of the rows that the last one leads to: `count`, `sum` and the like.
        var function: String?
        var column: Int
        var isDescending = false
        var nullsFirst: Bool?
    }

    /// A place in an order, by the names of terms.
    struct Cursor {
        var isAfter: Bool
        var values: [String: JSONValue]
    }

    /// Distinguishes the places of a tree once it is resolved.
    var id = 0
    var conditions: [JSONValue] = []
    /// Whether a condition can't be met by rows of this model.
    var isNever = false
    var order: [Term] = []
    /// 0 is no limit, which differs from nothing said when scopes are merged.
    var limit: Int?
    var skip: Int?
    var fields: [Int]?
    var includes: [Included] = []
    var cursor: Cursor?
    /// Whether the number of all rows is wanted beside those of the page.
    var isPaged = false
    /// Keys in the order the records are wanted in.
    var keys: [JSONValue]?

    /// An included relation.
    struct Included {
        var relation: TreeRelation
        /// Distinguishes includes whose scope is a function, and tells what they stand in: the tree, or a part of it that was
        /// loaded for parents with equal scopes.
        var id = 0
        var part = 0
        var ask = TreeAsk()
        /// Of a polymorphic belongsTo, by model.
        var types: [Int: TreeAsk] = [:]
        var summary: Summary?
        var link: Link?
    }

    /// Numbers about the rows.
    struct Summary {
        var count = false
        var terms: [(function: String, column: Int)] = []
        var rows = false
    }

    /// What is asked of links.
    struct Link {
        var name: String?
        var fields: [Int] = []
        var conditions: [JSONValue] = []
        var order: [Term] = []
    }

    // MARK: Merging

    /// Of two entries for one place the later wins (D9).
    func merged(later: TreeAsk) -> TreeAsk {
        var merged = self
        merged.conditions += later.conditions
        merged.isNever = isNever || later.isNever
        if !later.order.isEmpty { merged.order = later.order }
        merged.limit = later.limit ?? limit
        merged.skip = later.skip ?? skip
        merged.fields = later.fields ?? fields
        merged.cursor = later.cursor ?? cursor
        for include in later.includes { merged.add(include) }
        return merged
    }

    /// Adds an include, each relation once.
    mutating func add(_ include: Included) {
        guard let known = includes.firstIndex(where: { $0.relation.name == include.relation.name }) else {
            return includes.append(include)
        }
        var merged = includes[known]
        merged.ask = merged.ask.merged(later: include.ask)
        for (type, ask) in include.types { merged.types[type] = merged.types[type]?.merged(later: ask) ?? ask }
        switch (merged.summary, include.summary) {
        case (nil, nil): break
        case (var one?, let other?):
            one.count = one.count || other.count
            one.rows = one.rows || other.rows
            one.terms += other.terms.filter { term in !one.terms.contains { $0 == term } }
            merged.summary = one
        case (var one?, nil), (nil, var one?):
            one.rows = true
            merged.summary = one
        }
        if let earlier = merged.link, var later = include.link {
            later.conditions += earlier.conditions
            if later.order.isEmpty { later.order = earlier.order }
            if later.name == nil { (later.name, later.fields) = (earlier.name, earlier.fields) }
            merged.link = later
        } else {
            merged.link = merged.link ?? include.link
        }
        includes[known] = merged
    }

    /// A scope of a relation or a model: its limits and fields win, the order asked for does (K2).
    func merged(scope: TreeAsk) -> TreeAsk {
        var merged = self
        merged.conditions += scope.conditions
        merged.isNever = isNever || scope.isNever
        if order.isEmpty { merged.order = scope.order }
        merged.limit = scope.limit ?? limit
        merged.skip = scope.skip ?? skip
        merged.fields = scope.fields ?? fields
        merged.includes = Self.united(includes, scope: scope.includes)
        return merged
    }

    /// The scope's entry replaces that of the caller at the node, what both include below is united.
    private static func united(_ asked: [Included], scope: [Included]) -> [Included] {
        var united = scope
        for include in asked {
            guard let known = united.firstIndex(where: { $0.relation.name == include.relation.name }) else {
                united.append(include)
                continue
            }
            united[known].ask.includes = Self.united(include.ask.includes, scope: united[known].ask.includes)
            united[known].summary = united[known].summary ?? include.summary
            united[known].link = united[known].link ?? include.link
            for (type, ask) in include.types {
                var kept = united[known].types[type] ?? TreeAsk()
                kept.includes = Self.united(ask.includes, scope: kept.includes)
                united[known].types[type] = kept
            }
        }
        return united
    }
}

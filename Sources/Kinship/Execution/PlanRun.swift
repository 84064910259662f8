// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Libpq
import RelationPlanner

/// One run of a plan: what is to be sent next, and what has come so far. It sends nothing itself, see ``TreeDriver``.
struct PlanRun {
    /// What is run, with what it needs besides rows.
    let prepared: PreparedPlan
    let values: [BoundValue]
    let options: TreeOptions
    /// One per fetch; nil for what has not come.
    private(set) var rowSets: [RowSet?]
    var statistics = ExecutionStatistics()
    /// The root's rows where they come from elsewhere and don't count for the limits: they are rows of the tree that this run
    /// is a part of.
    let isPart: Bool
    /// The filters that are run here, over embedded records.
    private(set) var embedded: [Fetch.ID: EmbeddedFilter] = [:]
    /// How many embedded records each parent has, whatever the limits.
    private(set) var totals: [Fetch.ID: [Int]] = [:]
    /// The keys found in parents' columns; siblings share them.
    private var keyIndexes: [(source: KeySource, index: KeyIndex)] = []
    /// The cursors of the root's page.
    private var page: PageCursors?

    var plan: Plan { prepared.plan }

    /// A run from the beginning.
    ///
    /// - Throws: what is wrong with filters that are run here, which is known before anything is sent.
    init(_ prepared: PreparedPlan, values: [BoundValue], _ options: TreeOptions) throws {
        try self.init(prepared, values: values, options, isPart: false)
    }

    /// A run whose root rows are there already, from elsewhere: the root's statement is not sent.
    ///
    /// - Parameters:
    ///   - rows: the root's rows, with the columns of the plan's first fetch.
    ///   - isPart: whether they are rows of another run's tree.
    init(
        _ prepared: PreparedPlan, values: [BoundValue], _ options: TreeOptions, root rows: RowSet, isPart: Bool
    ) throws {
        try self.init(prepared, values: values, options, isPart: isPart)
        rowSets[0] = rows
        statistics.fetches[0].wasSent = true
        statistics.fetches[0].rows = rows.count
        if let root = prepared.plan.fetches.first, root.local == nil { try prepared.checkTypes(of: rows, root.id) }
    }

    private init(
        _ prepared: PreparedPlan, values: [BoundValue], _ options: TreeOptions, isPart: Bool
    ) throws {
        self.prepared = prepared
        self.values = values
        self.options = options
        self.isPart = isPart
        rowSets = Array(repeating: nil, count: prepared.plan.fetches.count)
        statistics.fetches = prepared.plan.fetches.map { .init(fetch: $0.id) }
        for fetch in prepared.plan.fetches {
            guard case .embedded(let rows)? = fetch.local else { continue }
            embedded[fetch.id] = try EmbeddedFilter(rows.scope, of: prepared.schema[fetch.model], values: values)
        }
    }

    // MARK: What has come

    /// Takes in the rows of a wave's statements.
    ///
    /// - Parameter usage: what the whole tree has taken, before and after.
    mutating func take(
        _ results: some Sequence<RowSet>, of sent: [Fetch.ID], duration: Duration, _ usage: inout TreeUsage
    ) throws {
        statistics.statements += sent.count
        if !sent.isEmpty { statistics.roundTrips += 1 }
        for (id, rows) in zip(sent, results) {
            try prepared.checkTypes(of: rows, id)
            statistics.fetches[id.index].duration = duration
            try keep(id == Fetch.root ? try shown(rows) : rows, of: id, &usage, came: rows.count)
        }
    }

    /// Keeps the rows of a fetch, unless they are more than is allowed.
    ///
    /// - Parameter came: how many the server gave.
    mutating func keep(_ rows: RowSet, of id: Fetch.ID, _ usage: inout TreeUsage, came: Int? = nil) throws {
        rowSets[id.index] = rows
        statistics.fetches[id.index].rows = came ?? rows.count
        usage.size.add(rows)
        try options.check(usage.size) { plan.place(of: id) }
    }

    /// Keeps embedded records as rows.
    mutating func keep(_ made: EmbeddedRows, of id: Fetch.ID, _ usage: inout TreeUsage) throws {
        totals[id] = made.totals
        try keep(made.rows, of: id, &usage)
    }

    /// The root's rows without the one that only tells whether there are more.
    private mutating func shown(_ rows: RowSet) throws(PostgresError) -> RowSet {
        guard let paging = prepared.plan.paging else { return rows }
        let shown = rows.limited(to: paging.limit.flatMap { number($0) } ?? rows.count)
        page = try PageCursors(
            paging, of: plan.fetches[0], in: prepared.schema, rows, shown: shown, options.cursors)
        return shown
    }

    private func number(_ slot: ParameterSlot) -> Int? {
        switch slot {
        case .value(let position, _):
            if case .integer(let number) = values[position].contents { Int(number) } else { nil }
        case .constant(let value): if case .integer(let number) = value.contents { Int(number) } else { nil }
        default: nil
        }
    }

    // MARK: Keys

    /// The keys of a source, found once.
    mutating func keyIndex(_ source: KeySource) throws(CancellationError) -> KeyIndex? {
        if let known = known(source) { return known }
        guard let rows = rowSets[source.fetch.index] else { return nil }
        let types = source.columns.map { plan.fetches[source.fetch].columns[$0].type }
        let index: KeyIndex
        switch source.form {
        case .values: index = try KeyIndex(rows, columns: source.columns, types: types)
        case .typed(let discriminator, let type):
            let wanted = type.lowercased()
            index = try KeyIndex(rows, columns: source.columns, types: types) { row in
                guard let cell = rows.bytes(row: row, column: discriminator) else { return false }
                // Names are compared as they are first: lower-casing each row's is the rare way (D18).
                return cell.elementsEqual(type.utf8) || String(decoding: cell, as: UTF8.self).lowercased() == wanted
            }
        }
        keyIndexes.append((source, index))
        return index
    }

    private func known(_ source: KeySource) -> KeyIndex? {
        keyIndexes.first { $0.source == source }?.index
    }

    // MARK: The graph

    /// The graph of what has come.
    ///
    /// Where there are many rows, other tasks have a turn between the relations: see ``isLarge``.
    mutating func graph() async throws -> Graph {
        var adjacencies: [Adjacency?] = []
        var summaries: [Adjacency?] = []
        for node in plan.nodes {
            try add(node, to: &adjacencies, &summaries)
            try Task.checkCancellation()
            await Task.yield()
        }
        return graph(adjacencies, summaries)
    }

    /// The same without a pause, for few rows.
    mutating func graphAtOnce() throws -> Graph {
        var adjacencies: [Adjacency?] = []
        var summaries: [Adjacency?] = []
        adjacencies.reserveCapacity(prepared.plan.nodes.count)
        summaries.reserveCapacity(prepared.plan.nodes.count)
        for node in prepared.plan.nodes { try add(node, to: &adjacencies, &summaries) }
        return graph(adjacencies, summaries)
    }

    /// Whether there are so many rows that other tasks are to have a turn meanwhile.
    var isLarge: Bool { rowSets.contains { ($0?.count ?? 0) > 20_000 } }

    private mutating func add(_ node: Node, to adjacencies: inout [Adjacency?], _ summaries: inout [Adjacency?]) throws
    {
        adjacencies.append(try node.link.flatMap { try adjacency($0, node.fetch, of: node) })
        summaries.append(try node.summary.flatMap { try adjacency($0.link, $0.fetch, of: node) })
    }

    private mutating func graph(_ adjacencies: [Adjacency?], _ summaries: [Adjacency?]) -> Graph {
        for fetch in prepared.plan.fetches where fetch.passing == .handedOver || fetch.passing == .known {
            statistics.fetches[fetch.id.index].keys = fetch.keys.reduce(0) { $0 + (known($1)?.count ?? 0) }
        }
        return Graph(
            plan: plan, statistics: statistics, rowSets: rowSets, adjacencies: adjacencies, summaries: summaries,
            layout: prepared.layout, limits: options.outputLimits, jsonOptions: options.json, page: page)
    }
}

// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Libpq
import RelationPlanner

/// One run of a plan on one connection: wave by wave, the statements of a wave in one round trip.
struct PlanRun {
    private let prepared: PreparedPlan
    let values: [BoundValue]
    let options: TreeOptions
    private(set) var rowSets: [RowSet?]
    private var statistics = ExecutionStatistics()
    /// Whether the root's rows count for the limits: not where they are rows of the tree that this run is a part of.
    var countsRoot = true
    /// What else is in that tree.
    var sizeBefore = TreeSize()
    /// What may still be done in memory.
    var work: MemoryWork
    /// The filters that are run here, over embedded records.
    private var embedded: [Fetch.ID: EmbeddedFilter] = [:]
    /// The cursors of the root's page.
    private var page: PageCursors?
    /// How many embedded records each parent has, whatever the limits.
    private var totals: [Fetch.ID: [Int]] = [:]
    /// The keys found in parents' columns; siblings share them.
    private var keyIndexes: [(source: KeySource, index: KeyIndex)] = []

    var plan: Plan { prepared.plan }

    init(_ prepared: PreparedPlan, values: [BoundValue], _ options: TreeOptions, timeout: Duration?) {
        work = MemoryWork(options.maximumSteps, timeout: timeout)
        self.prepared = prepared
        self.values = values
        self.options = options
        rowSets = Array(repeating: nil, count: prepared.plan.fetches.count)
        statistics.fetches = prepared.plan.fetches.map { .init(fetch: $0.id) }
    }

    /// A run whose root rows are there already, from elsewhere: the root's statement is not sent.
    ///
    /// - Parameters:
    ///   - options: the limits; what is seen of others is for whoever has fetched the root's rows to see to.
    ///   - timeout: how long the work in memory may take.
    ///   - rows: the root's rows, with the columns of the plan's first fetch.
    ///   - statements: how many statements it took to get them.
    ///   - roundTrips: and how many round trips.
    ///   - duration: how long that took.
    init(
        _ prepared: PreparedPlan, values: [BoundValue], _ options: TreeOptions, timeout: Duration?, root rows: RowSet,
        statements: Int, roundTrips: Int = 1, duration: Duration
    ) {
        var options = options
        options.snapshot = .perStatement
        self.init(prepared, values: values, options, timeout: timeout)
        rowSets[0] = rows
        statistics.statements = statements
        statistics.roundTrips = roundTrips
        statistics.duration = duration
        statistics.fetches[0].wasSent = true
        statistics.fetches[0].rows = rows.count
        statistics.fetches[0].duration = duration
    }

    /// A plan's first statement with its values.
    static func rootStatement(of prepared: PreparedPlan, _ values: [BoundValue]) throws -> Statement {
        var run = PlanRun(prepared, values: values, TreeOptions(), timeout: nil)
        guard let statement = try prepared.plan.fetches.first.flatMap({ try run.statement(for: $0) }) else {
            throw PostgresError(.misuse, "The plan has no statement for its root.")
        }
        return statement
    }

    /// Sends every wave and gives back the graph.
    mutating func callAsFunction(on connection: Connection) async throws -> Graph {
        let clock = ContinuousClock()
        let start = clock.now
        work.holdsConnection = true
        try prepare()
        switch options.snapshot {
        case .consistent where plan.fetches.count > 1 && plan.waves.count == 1:
            try await send(plan.waves[0], on: connection, inSnapshot: true, clock: clock)
        case .consistent where plan.waves.count > 1:
            try await connection.withTransaction(isolation: .repeatableRead, readOnly: true) { connection in
                for wave in plan.waves { try await send(wave, on: connection, clock: clock) }
            }
        default:
            for wave in plan.waves { try await send(wave, on: connection, clock: clock) }
        }
        statistics.duration += clock.now - start
        return try await graph()
    }

    /// Whether a plan's statements are seen by nobody but themselves and go out together, so that they needn't hold a
    /// connection. Where filters are run here they may as well go out one after another: that can take its time, and a
    /// connection is not to be held for it.
    static func needsNoConnectionOfItsOwn(_ prepared: PreparedPlan, _ options: TreeOptions) -> Bool {
        let plan = prepared.plan
        return (plan.waves.count <= 1 || plan.filtersHere && !plan.handsOver)
            && (plan.fetches.count <= 1 || options.snapshot != .consistent) && !plan.hasDeferred
    }

    /// Sends each wave on whichever connection is free first and gives back the graph.
    mutating func callAsFunction(through pool: ConnectionPool) async throws -> Graph {
        try prepare()
        for wave in plan.waves {
            let (sent, statements) = try statements(of: wave)
            let (results, duration) = try await asking(sent) {
                try await pool.timedPipeline(statements, limits: room)
            }
            try await take(results, of: sent, in: wave, duration: duration) { try await pool.execute($0) }
            statistics.duration += duration
        }
        return try await graph()
    }

    /// Makes ready what is run here: what can't be is known before anything is sent.
    mutating func prepare() throws {
        for fetch in plan.fetches {
            guard case .embedded(let rows)? = fetch.local else { continue }
            embedded[fetch.id] = try EmbeddedFilter(rows.scope, of: prepared.schema[fetch.model], values: values)
        }
        // Of rows that are there already.
        if let rows = rowSets.first ?? nil, let root = plan.fetches.first, root.local == nil {
            try StaleType.check(rows, of: root, prepared.schema)
        }
        try checkSize()
    }

    /// The graph of what has come.
    ///
    /// Where there are many rows, other tasks have a turn between the relations.
    mutating func graph() async throws -> Graph {
        let isLarge = rowSets.contains { ($0?.count ?? 0) > 20_000 }
        var adjacencies: [Adjacency?] = []
        var summaries: [Adjacency?] = []
        adjacencies.reserveCapacity(plan.nodes.count)
        summaries.reserveCapacity(plan.nodes.count)
        for node in plan.nodes {
            adjacencies.append(try node.link.flatMap { try adjacency($0, node.fetch, of: node) })
            summaries.append(try node.summary.flatMap { try adjacency($0.link, $0.fetch, of: node) })
            guard isLarge else { continue }
            try Task.checkCancellation()
            await Task.yield()
        }
        for fetch in plan.fetches where fetch.passing == .handedOver || fetch.passing == .known {
            statistics.fetches[fetch.id].keys = fetch.keys.reduce(0) { $0 + (known($1)?.count ?? 0) }
        }
        return Graph(
            plan: plan, statistics: statistics, rowSets: rowSets, adjacencies: adjacencies, summaries: summaries,
            layout: prepared.layout, limits: options.outputLimits, jsonOptions: options.json, page: page)
    }

    /// - Parameter inSnapshot: whether the wave is a transaction of its own, in which all statements see the same.
    private mutating func send(
        _ wave: [Fetch.ID], on connection: Connection, inSnapshot: Bool = false, clock: ContinuousClock
    ) async throws {
        let (sent, statements) = try statements(of: wave)
        guard let first = statements.first else {
            return try await makeRows(wave) { try await connection.execute($0) }
        }
        let start = clock.now
        let results = try await asking(sent) {
            if inSnapshot {
                try await connection.pipeline(
                    statements, isolation: .repeatableRead, readOnly: true, limits: room)
            } else if statements.count == 1 {
                [try await connection.execute(first, limits: room)]
            } else {
                try await connection.pipeline(statements, limits: room)
            }
        }
        try await take(results, of: sent, in: wave, duration: clock.now - start) { try await connection.execute($0) }
    }

    /// The statements of a wave that have something to ask for.
    mutating func statements(of wave: [Fetch.ID]) throws -> (sent: [Fetch.ID], statements: [Statement]) {
        var sent: [Fetch.ID] = []
        var statements: [Statement] = []
        for id in wave where rowSets[id] == nil && plan.fetches[id].local == nil {
            guard let statement = try statement(for: plan.fetches[id]) else { continue }
            sent.append(id)
            statistics.fetches[id].wasSent = true
            statements.append(statement)
        }
        return (sent, statements)
    }

    /// Takes in the rows of a wave's statements.
    ///
    /// - Parameter ask: asks the server what is to be known of rows that have come.
    mutating func take(
        _ results: [RowSet], of sent: [Fetch.ID], in wave: [Fetch.ID], duration: Duration,
        asking ask: (Statement) async throws -> RowSet
    ) async throws {
        statistics.statements += sent.count
        if !sent.isEmpty { statistics.roundTrips += 1 }
        for (id, rows) in zip(sent, results) {
            try StaleType.check(rows, of: plan.fetches[id], prepared.schema)
            rowSets[id] = id == 0 ? try shown(rows) : rows
            statistics.fetches[id].rows = rows.count
            statistics.fetches[id].duration = duration
        }
        try await makeRows(wave, asking: ask)
    }

    /// The root's rows without the one that only tells whether there are more.
    private mutating func shown(_ rows: RowSet) throws(PostgresError) -> RowSet {
        guard let paging = plan.paging else { return rows }
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

    /// Makes the rows that no statement gives of those that have come.
    private mutating func makeRows(
        _ wave: [Fetch.ID], asking ask: (Statement) async throws -> RowSet
    ) async throws {
        for id in wave {
            let fetch = plan.fetches[id]
            guard let local = fetch.local, let source = fetch.keys.first, let parents = rowSets[source.fetch] else {
                continue
            }
            switch local {
            case .references(let list, let key):
                var budget = work.begin()
                rowSets[id] = try ReferenceRows(
                    of: parents, column: source.columns[0], type: list, key: key, budget: &budget
                ).rows
                work.settle(budget)
            case .embedded(let rows):
                guard let filter = embedded[id] else { continue }
                let owner = prepared.schema[rows.owner]
                let column = EmbeddedColumn(
                    owner.properties[rows.property], of: owner, isList: rows.isList, position: source.columns[0])
                let model = prepared.schema[fetch.model]
                let request = EmbeddedRows.Request(
                    parents: parents, column: column, filter: filter,
                    ranks: try await ranks(for: filter, of: parents, in: column, model, asking: ask),
                    concealment: Concealment(insideRecordsOf: model, in: prepared.schema),
                    keys: rows.keys.map { .init(name: model.properties[$0.property].name, type: $0.type) })
                let made = try await make(request, of: model)
                rowSets[id] = made.rows
                totals[id] = made.totals
            case .counts(let rows): rowSets[id] = try EmbeddedRows.counts(totals[rows] ?? [])
            }
            statistics.fetches[id].rows = rowSets[id]?.count ?? 0
        }
        try checkSize()
    }

    private mutating func make(_ request: EmbeddedRows.Request, of model: Model) async throws -> EmbeddedRows {
        var budget = work.begin()
        do {
            let made = try await EmbeddedRows.make(request, budget: &budget)
            work.settle(budget)
            return made
        } catch is StepBudget.Exhausted {
            return try await work.runInLane(model, holding: request.parents.memorySize) {
                try EmbeddedRows(request, budget: &$0)
            }
        }
    }

    /// The order of the embedded texts that a filter compares, where the database has another one than that of their bytes.
    private mutating func ranks(
        for filter: EmbeddedFilter, of parents: RowSet, in column: EmbeddedColumn, _ model: Model,
        asking ask: (Statement) async throws -> RowSet
    ) async throws -> TextRanks? {
        guard filter.needsTextOrder, prepared.schema.catalog?.ordersTextsByCodePoints == false else { return nil }
        let texts = try await texts(for: filter, of: parents, in: column, model)
        guard texts.count > 1 else { return nil }
        let list = BoundValue(ColumnType.text.array, .array(texts.map { .text($0) }))
        var parameters = Parameters()
        try parameters.append(list)
        let rows = try await ask(Statement(Self.ranking, parameters))
        statistics.statements += 1
        statistics.roundTrips += 1
        return TextRanks(texts, ranks: try rows.decode(Int64.self))
    }

    private mutating func texts(
        for filter: EmbeddedFilter, of parents: RowSet, in column: EmbeddedColumn, _ model: Model
    ) async throws -> [String] {
        @Sendable func texts(_ row: Int, _ budget: inout StepBudget) throws -> [String] {
            try filter.texts(in: column.items(of: parents, row: row, budget: &budget), budget: &budget)
        }
        var budget = work.begin()
        do {
            var all: [String] = []
            var bytes = 0
            for row in 0..<parents.count {
                all += try texts(row, &budget)
                bytes += parents.bytes(row: row, column: column.position)?.count ?? 0
                guard bytes > MemoryWork.bytesBetweenYields else { continue }
                bytes = 0
                await Task.yield()
            }
            work.settle(budget)
            return all
        } catch is StepBudget.Exhausted {
            return try await work.runInLane(model, holding: parents.memorySize) { budget in
                var all: [String] = []
                for row in 0..<parents.count { all += try texts(row, &budget) }
                return all
            }
        }
    }

    private static let ranking = """
        SELECT dense_rank() OVER (ORDER BY u.text) FROM unnest($1) WITH ORDINALITY AS u(text, place) ORDER BY u.place
        """

    /// The rows that have come, and the bytes they take.
    var size: TreeSize {
        var size = TreeSize()
        for rowSet in rowSets.dropFirst(countsRoot ? 0 : 1) { if let rowSet { size.add(rowSet) } }
        return size
    }

    /// What may still come; nil without limits.
    var room: ResultLimits? {
        guard var room = options.room(beside: sizeBefore + size) else { return nil }
        // The row that only tells whether there are more doesn't count.
        if plan.paging != nil, rowSets[0] == nil { room.rows = room.rows.map { $0 &+ 1 } }
        return room
    }

    /// Runs what asks for the rows of some fetches.
    private func asking<R>(_ sent: [Fetch.ID], _ body: () async throws -> R) async throws -> R {
        try await options.asking(
            place: { sent.indices.contains($0) ? plan.place(of: sent[$0]) : nil }, body)
    }

    /// Refuses more rows or bytes than are allowed, before more are asked for.
    private func checkSize() throws(PlannerError) {
        guard options.maximumRows != nil || options.maximumBytes != nil else { return }
        var size = sizeBefore
        for (fetch, rowSet) in zip(plan.fetches, rowSets).dropFirst(countsRoot ? 0 : 1) {
            guard let rowSet else { continue }
            size.add(rowSet)
            try options.check(size) { plan.place(of: fetch.id) }
        }
    }

    /// The statement with its values, nil when no parent row has a key to ask for.
    mutating func statement(for fetch: Fetch) throws -> Statement? {
        var keys: KeySet?
        if fetch.passing == .parameter {
            let indexes = try fetch.keys.compactMap { try keyIndex($0) }.filter { $0.count > 0 }
            guard !indexes.isEmpty else { return nil }
            let found = KeySet(indexes)
            statistics.fetches[fetch.id].keys = found.count
            keys = found
        } else if fetch.passing == .handedOver, let giver = fetch.keys.first?.fetch {
            // Who has not been asked has nothing to hand over.
            guard statistics.fetches[giver].wasSent else { return nil }
        }
        let (text, slots, _) = fetch.statement(forKeys: keys?.count ?? 0)
        var parameters = Parameters()
        for slot in slots {
            switch slot {
            case .value(let position, _): try parameters.append(values[position])
            case .constant(let value): try parameters.append(value)
            case .keys(let part, let element): keys?.appendArray(part: part, of: element, to: &parameters)
            case .rows(let rows, let column, let element):
                rowSets[rows]?.appendArray(column: column, of: element, to: &parameters)
            case .knownKey(let position, let element):
                try parameters.append(BoundValue(element.array, .array([values[position].contents])))
            }
        }
        return Statement(text, parameters)
    }

    private func known(_ source: KeySource) -> KeyIndex? {
        keyIndexes.first { $0.source == source }?.index
    }

    mutating func keyIndex(_ source: KeySource) throws(CancellationError) -> KeyIndex? {
        if let known = known(source) { return known }
        guard let rows = rowSets[source.fetch] else { return nil }
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
}

extension Plan {
    /// Whether filters are run here, over embedded records.
    fileprivate var filtersHere: Bool {
        fetches.contains { if case .embedded? = $0.local { true } else { false } }
    }

    /// Whether a statement leaves keys on the server for another one.
    fileprivate var handsOver: Bool { fetches.contains { $0.passing == .handedOver } }
}

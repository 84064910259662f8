// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

/// Collects the fetches and nodes of one plan, parents before children.
struct PlanBuilder {
    let planner: Planner
    let strategy: Strategy
    /// Whether the root's rows come by themselves, before anything else is asked for.
    let isRootGiven: Bool
    /// Whether they are, part by part, each of which is shown before the next one is asked for.
    let isInParts: Bool
    private(set) var fetches: [Fetch] = []
    private(set) var nodes: [Node] = []
    private var total: Fetch.ID?
    private var paging: Paging?

    var schema: Schema { planner.schema }
    /// Whether a statement's keys may be found by name in its result, to be handed over.
    var namesColumns: Bool { strategy == .oneTrip }

    init(planner: Planner, strategy: Strategy, isRootGiven: Bool, isInParts: Bool) {
        self.planner = planner
        self.strategy = strategy
        self.isRootGiven = isRootGiven || isInParts
        self.isInParts = isInParts
    }

    // MARK: The root

    mutating func addRoot(_ filter: Filter, model: Model) throws(PlannerError) {
        guard !filter.distinct || filter.include.isEmpty else {
            throw PlannerError(
                .invalidFilter, "Distinct combinations are no records, so nothing can be included with them.",
                path: "include", model: model.name)
        }
        let known = isRootGiven ? nil : KnownKeys(filter, of: model)
        var columns = ColumnList(showing: filter.fields, of: model)
        var source = RowSource(model, in: schema)
        if !filter.readsBackwards { joinOrder(of: filter, model, to: &source) }
        let rows = RowPlace(
            model, isPoint: known?.isPoint ?? false, isLimited: filter.limit.isSet, mayJoin: !filter.readsBackwards)
        let attachments = attachments(of: filter, rows, &columns, &source)
        if filter.pageCursors { paging = paging(filter, model, &columns) }
        var select = SelectWriter(source, columns: columns, filter: filter)
        select.isNamed = namesColumns
        let fetch = append(
            Draft(
                try select.root(), model: model, columns: columns.resultColumns, access: .root,
                reason: "the root's own condition"))
        if filter.page {
            total = append(
                Draft(
                    try select.total(), model: model,
                    columns: [Fetch.Column(model.id, property: nil, type: .int8, output: "count")], access: .root,
                    reason: "the total of the page"))
        }
        let node = append(Node(id: nodes.count, parent: nil, name: "", model: model.id, fetch: fetch, isToMany: true))
        nodes[node].shown = columns.shown
        try addIncludes(
            of: filter,
            under: Place(node: node, fetch: fetch, wave: 0, model: model, attachments: attachments, known: known))
    }

    mutating func addIncludes(of filter: Filter, under place: Place) throws(PlannerError) {
        for (position, include) in filter.include.enumerated() {
            let relation = place.model.relations[include.relation]
            switch place.attachments[position] {
            case .joined(let joined): try addJoined(joined, include, relation, under: place)
            case .keys(let columns, let discriminator):
                if include.deferral != nil {
                    addDeferred(include, relation, under: place)
                } else if relation.embedded != nil {
                    try addEmbedded(include, relation, columns, under: place)
                } else if relation.kind == .referencesMany {
                    try addReferences(include, relation, columns, under: place)
                } else if relation.target == nil {
                    try addVariants(include, relation, columns, discriminator, under: place)
                } else if try addReused(include, relation, columns, under: place) {
                    continue
                } else if try addKeyOnly(include, relation, columns, under: place) {
                    continue
                } else {
                    try addTargets(include, relation, columns, under: place)
                }
            }
        }
    }

    private mutating func addDeferred(_ include: Include, _ relation: Relation, under place: Place) {
        _ = append(relation, relation.target ?? place.model.id, nil, under: place) { $0.deferred = include }
    }

    // MARK: Appending

    /// A fetch before it has its place.
    struct Draft {
        let sql: SQLText
        let model: Model
        let columns: [Fetch.Column]
        let access: Fetch.Access
        let reason: String
        var keys: KeySource?
        var passing = KeyPassing.none
        var wave = 0
        var local: LocalRows?
        var forMany: Fetch.ForMany?

        init(_ sql: SQLText, model: Model, columns: [Fetch.Column], access: Fetch.Access, reason: String) {
            self.sql = sql
            self.model = model
            self.columns = columns
            self.access = access
            self.reason = reason
        }

        mutating func ask(_ asking: Asking) {
            (keys, passing, wave) = (asking.keys, asking.passing, asking.wave)
        }
    }

    /// Appends a fetch, or finds one that does the same.
    mutating func append(_ draft: Draft) -> Fetch.ID {
        let id = fetches.count
        if let known = fetches.firstIndex(where: { isShared($0, by: draft, id: id) }) {
            if let keys = draft.keys, !fetches[known].keys.contains(keys) { fetches[known].keys.append(keys) }
            return known
        }
        fetches.append(
            Fetch(
                id: id, keys: draft.keys.map { [$0] } ?? [], passing: draft.passing, wave: draft.wave,
                model: draft.model.id, text: draft.sql.text, slots: draft.sql.slots, columns: draft.columns,
                access: draft.access, reason: draft.reason, local: draft.local,
                forMany: draft.forMany))
        return id
    }

    /// Appends rows that are made of a column of others.
    mutating func append(
        _ local: LocalRows, model: Model, columns: [Fetch.Column], of source: KeySource, wave: Int, reason: String
    ) -> Fetch.ID {
        var draft = Draft(SQLText(), model: model, columns: columns, access: .local, reason: reason)
        (draft.keys, draft.wave, draft.local) = (source, wave, local)
        return append(draft)
    }

    /// Whether a fetch can give the rows of another as well: the same statement for the same keys; or for keys of other
    /// columns of the same rows, where rows find their parents by value and so all keys can be asked for at once.
    private func isShared(_ fetch: Fetch, by draft: Draft, id: Fetch.ID) -> Bool {
        guard let keys = draft.keys, let first = fetch.keys.first, fetch.model == draft.model.id,
            fetch.wave == draft.wave, fetch.passing == draft.passing, fetch.access == draft.access,
            fetch.slots == draft.sql.slots, fetch.columns == draft.columns, fetch.local == draft.local,
            fetch.forMany == draft.forMany
        else { return false }
        let isUnited =
            fetch.passing != .known && (fetch.access == .array || fetch.access == .unnest) && first.fetch == keys.fetch
            && first.form == .values && keys.form == .values
        guard fetch.keys == [keys] || isUnited else { return false }
        // Handed over keys stand in a setting of the fetch's own.
        return fetch.text
            == draft.sql.text.split(separator: HandOver.setting(of: id) + "_", omittingEmptySubsequences: false)
            .joined(separator: HandOver.setting(of: fetch.id) + "_")
    }

    /// Appends a node; `isShown` is false for the variants of a polymorphic relation, which their own node shows.
    mutating func append(_ node: Node, isShown: Bool = true) -> Node.ID {
        nodes.append(node)
        if isShown, let parent = node.parent { nodes[parent].children.append(node.id) }
        return node.id
    }

    mutating func change(_ node: Node.ID, _ change: (inout Node) -> Void) { change(&nodes[node]) }

    // MARK: The end

    /// The plan; statements whose keys are handed over hand them over now.
    func finish() -> Plan {
        var fetches = fetches
        for id in fetches.indices {
            let handOvers = fetches.filter { $0.passing == .handedOver && $0.keys.first?.fetch == id }
                .map { taker in handOver(from: fetches[id], to: taker) }
            fetches[id].text = HandOver.wrap(fetches[id].text, handOvers)
        }
        return Plan(strategy, fetches: fetches, nodes: nodes, total: total, paging: paging)
    }

    private func handOver(from giver: Fetch, to taker: Fetch) -> HandOver {
        let columns = taker.keys.map { source in source.columns.map { giver.columns[$0] } }
        let isKey =
            columns.count == 1 && columns[0].count == 1 && columns[0][0].alias == RowSource.alias
            && columns[0][0].property.map { key in
                schema[giver.model].primaryKey == [key] && schema.isUnique([key], of: schema[giver.model])
            } ?? false
        // A target that is linked to several parents comes once for each, and so does one under numbered keys, of which
        // several can lead to it.
        let isRepeated = giver.columns.contains { $0.alias == RowSource.linkAlias || $0.property == nil }
        return HandOver(
            setting: HandOver.setting(of: taker.id), columns: columns.map { $0.map(\.output) },
            areDistinct: isKey && !isRepeated)
    }
}

extension Filter {
    /// Whether the rows ahead of a place are asked for: they are found in the opposite order.
    var readsBackwards: Bool { cursor?.side == .before && limit.isSet }
}

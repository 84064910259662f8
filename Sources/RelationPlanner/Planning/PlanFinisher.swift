// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

/// Makes a plan of a tree that no pass changes any more: steps and columns get their positions, and statements their text.
struct PlanFinisher {
    let tree: StepTree
    private var schema: Schema { tree.schema }
    /// The fetch that each step is.
    private let fetches: [Fetch.ID]
    /// The steps in their order, with what tells whose rows they are among the columns.
    private var steps: [Step]

    init(_ tree: StepTree) {
        self.tree = tree
        var fetches = Array(repeating: Fetch.root, count: tree.steps.count)
        for (position, id) in tree.order.enumerated() { fetches[id.index] = Fetch.ID(position) }
        self.fetches = fetches
        steps = tree.order.map { tree.steps[$0] }
        for position in steps.indices { addNumbers(to: position) }
        for position in steps.indices {
            for input in steps[position].inputs.indices {
                steps[position].inputs[input].step = fetches[steps[position].inputs[input].step.index]
            }
        }
        for taker in steps.indices where steps[taker].passing == .handedOver {
            guard let giver = steps[taker].inputs.first?.step else { continue }
            steps[giver].handOvers.append(handOver(from: steps[giver], to: Fetch.ID(taker)))
        }
    }

    /// The plan.
    func plan() throws(PlannerError) -> Plan {
        var finished: [Fetch] = []
        finished.reserveCapacity(steps.count)
        for position in steps.indices { finished.append(try fetch(Fetch.ID(position))) }
        var nodes: [Node] = []
        nodes.reserveCapacity(tree.nodes.count)
        for id in tree.nodeIDs { nodes.append(node(id)) }
        return Plan(
            tree.options.strategy, fetches: finished, nodes: nodes, total: tree.total.map { fetches[$0.index] },
            paging: paging())
    }

    // MARK: Steps

    /// Adds the columns that tell whose rows they are, where those of the rows can't: behind the rows' own, ahead of numbers.
    private mutating func addNumbers(to position: Int) {
        let step = steps[position]
        guard let lookup = step.lookup, lookup.isNumbered, let read = step.read else { return }
        let numbers = lookup.match.numberColumns(of: lookup.parent, handedOver: step.passing == .handedOver)
        steps[position].columns = read.result == .rows ? step.columns + numbers : numbers + step.columns
    }

    private func fetch(_ id: Fetch.ID) throws(PlannerError) -> Fetch {
        let step = steps[id]
        let writer = StatementWriter(schema: schema)
        let statement = try writer.write(step, id: id)
        var forMany: Fetch.ForMany?
        if let least = step.lookup?.windowKeys {
            let many = try writer.writeForMany(step, id: id)
            forMany = Fetch.ForMany(
                minimumKeys: least, text: many.text, slots: many.slots, access: .window,
                reason: "a good part of the table is read once, not parent by parent")
        }
        var fetch = Fetch(
            id: id, keys: step.inputs.map { source($0, step: $0.step) }, passing: step.passing, wave: step.wave,
            model: step.model, text: statement.text, slots: statement.slots, columns: step.columns,
            access: access(of: step), reason: step.reason + (step.lookup?.reason ?? ""), local: local(step),
            forMany: forMany)
        fetch.ahead = try writer.ahead(of: step)
        fetch.behind = try writer.behind(step)
        fetch.parts = step.read?.change?.outline ?? []
        return fetch
    }

    private func access(of step: Step) -> Fetch.Access {
        if step.isLocal { return .local }
        if let lookup = step.lookup { return lookup.access }
        return step.inputs.isEmpty ? .root : .ordinality
    }

    private func local(_ step: Step) -> LocalRows? {
        guard case .make(let local) = step.action else { return nil }
        switch local {
        case .references(let list, let key): return .references(list: list, key: key)
        case .embedded(let embedded): return .embedded(embedded)
        case .counts: return step.inputs.first.map { .counts(of: $0.step) }
        }
    }

    private func handOver(from giver: Step, to taker: Fetch.ID) -> HandOver {
        let columns = steps[taker].inputs.map { source in
            positions(source.columns, in: source.step).map { giver.columns[$0] }
        }
        let isKey =
            columns.count == 1 && columns[0].count == 1 && columns[0][0].alias == RowSource.alias
            && columns[0][0].property.map { key in
                schema.models[giver.model].primaryKey == [key] && schema.isUnique([key], of: schema[giver.model])
            } ?? false
        // A target that is linked to several parents comes once for each, and so does one under numbered keys, of which
        // several can lead to it.
        let isRepeated = giver.columns.contains { $0.alias == RowSource.linkAlias || $0.property == nil }
        return HandOver(
            taker: taker, columns: columns.map { $0.map(\.output) }, areDistinct: isKey && !isRepeated)
    }

    // MARK: Columns

    /// The positions of columns in a finished step's rows.
    private func positions(_ columns: [StepColumn], in fetch: Fetch.ID) -> [Int] {
        columns.map { position($0, in: fetch) }
    }

    private func position(_ column: StepColumn, in fetch: Fetch.ID) -> Int {
        if case .position(let position) = column { return position }
        // Every column that a step is asked for is among its uses.
        return steps[fetch].read?.list.position(of: column) ?? 0
    }

    private func source(_ flow: KeyFlow, step: Fetch.ID) -> KeySource {
        let form: KeySource.Form =
            switch flow.form {
            case .values: .values
            case .typed(let discriminator, let type):
                .typed(discriminator: position(discriminator, in: step), type: type)
            }
        return KeySource(fetch: step, columns: positions(flow.columns, in: step), form: form)
    }

    private func source(_ flow: KeyFlow) -> KeySource { source(flow, step: fetches[flow.step.index]) }

    private func shown(_ shown: [StepNode.Shown], in fetch: Fetch.ID) -> [Node.Shown] {
        shown.map { Node.Shown(column: position($0.column, in: fetch), property: $0.property) }
    }

    private func paging() -> Paging? {
        guard let columns = tree.paging else { return nil }
        let (filter, model) = (tree.filter, steps[0].model)
        let order = schema.completedOrder(filter.order, for: model)
        return Paging(
            columns: positions(columns, in: Fetch.root), order: schema.text(of: order, of: schema[model]),
            side: filter.cursor?.side, limit: filter.limit?.parameter, skips: filter.skip.isSet)
    }

    // MARK: Nodes

    private func node(_ id: Node.ID) -> Node {
        let node = tree.nodes[id]
        let fetch = node.step.map { fetches[$0.index] }
        var finished = Node(
            id: id, parent: node.parent, name: node.name, model: node.model, fetch: fetch, isToMany: node.isToMany)
        finished.variants = node.variants
        finished.children = node.children
        finished.record = node.record
        if node.isDeferred { finished.deferred = node.include }
        if let fetch {
            finished.shown = shown(node.shown, in: fetch)
            finished.link = node.link.map { link($0, in: fetch) }
            finished.linkObject = node.linkObject.map { links in
                Node.LinkObject(name: links.name, model: links.model, shown: shown(links.shown, in: fetch))
            }
        }
        finished.summary = node.summary.map(summary)
        return finished
    }

    private func link(_ link: StepNode.Link, in fetch: Fetch.ID) -> NodeLink {
        switch link {
        case .asked(let keys, let child): self.link(keys, child, in: fetch)
        case .known(let keys, let child): .key(source(keys), child: positions(child, in: fetch))
        case .twoHop(let keys, let links, let targets, let child):
            .twoHop(
                source(keys), source: positions(links, in: fetches[targets.step.index]), targets: source(targets),
                child: positions(child, in: fetch))
        case .row(let column): .row(column: column)
        case .list(let targets, let child, let isStored, let limits):
            .list(
                fetches[targets.step.index], targets: self.link(targets, child, in: fetch), isStored: isStored,
                limits: limits)
        case .joined(let presence): .joined(presence: positions(presence, in: fetch))
        }
    }

    /// By the columns that hold the key, or by the numbers behind the rows' own columns.
    private func link(_ keys: KeyFlow, _ child: [StepColumn], in fetch: Fetch.ID) -> NodeLink {
        let step = steps[fetch]
        guard let lookup = step.lookup, lookup.isNumbered else {
            return .key(source(keys), child: positions(child, in: fetch))
        }
        return numbered(keys, lookup, step.passing, first: step.read?.list.selected.count ?? 0)
    }

    private func numbered(_ keys: KeyFlow, _ lookup: KeyLookup, _ passing: KeyPassing, first: Int) -> NodeLink {
        passing == .handedOver
            ? .key(source(keys), child: lookup.match.parts.indices.map { first + $0 })
            : .ordinal(source(keys), column: first)
    }

    private func summary(_ summary: StepNode.Summary) -> Node.Summary {
        let fetch = fetches[summary.step.index]
        let step = steps[fetch]
        var keyCount = summary.keyCount
        var link = NodeLink.row(column: 0)
        if let keys = summary.keys, let lookup = step.lookup {
            if lookup.isNumbered {
                link = numbered(keys, lookup, step.passing, first: 0)
                if step.passing != .handedOver { keyCount = 1 }
            } else {
                link = .key(source(keys), child: Array(0..<keyCount))
            }
        }
        return Node.Summary(
            fetch: fetch, link: link, count: summary.asked.count ? keyCount : nil,
            aggregates: summary.asked.aggregates, firstAggregate: keyCount + (summary.asked.count ? 1 : 0),
            rows: summary.asked.rows)
    }
}

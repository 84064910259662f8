// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

/// Turns a plan into a tree to show.
struct PlanExplainer {
    let plan: Plan
    let schema: Schema
    let notes: PlanNotes
    /// The node that each fetch was made for, which shows its statement; others that use its rows refer to it.
    private var owners: [Fetch.ID: Node.ID] = [:]
    /// Missing indexes, by the node that lacks them.
    private var advice: [Node.ID: [IndexAdvice]] = [:]
    /// Missing indexes of nothing that is shown.
    private var otherAdvice: [IndexAdvice] = []

    init(plan: Plan, schema: Schema, notes: PlanNotes) {
        self.plan = plan
        self.schema = schema
        self.notes = notes
        for node in plan.nodes {
            let fetches = [Self.links(of: node)?.fetch, node.fetch, node.summary?.fetch]
            for case let fetch? in fetches where owners[fetch] == nil { owners[fetch] = node.id }
        }
        for advice in notes.advice {
            if let node = plan.nodes.first(where: { lacks($0, advice) }) {
                self.advice[node.id, default: []].append(advice)
            } else {
                otherAdvice.append(advice)
            }
        }
    }

    private func lacks(_ node: Node, _ advice: IndexAdvice) -> Bool {
        guard let relation = advice.relation, let parent = node.parent else {
            return advice.relation == nil && node.parent == nil && schema[node.model].name == advice.model
        }
        return node.name == relation && schema[plan.nodes[parent].model].name == advice.model
            && (advice.path.isEmpty || advice.path == path(of: node))
    }

    /// The relations that lead to a node from the root.
    private func path(of node: Node) -> [String] {
        var names: [String] = []
        var current = node
        while let parent = current.parent {
            names.append(current.name)
            current = plan.nodes[parent]
        }
        return names.reversed()
    }

    /// The links of a many-to-many relation that are fetched apart from its targets, or the lists of a referencesMany.
    private static func links(of node: Node) -> KeySource? {
        switch node.link {
        case .twoHop(_, _, let targets, _)?: targets
        case .list(_, let targets, _, _)?: targets.keys
        default: nil
        }
    }

    // MARK: The whole

    func tree() -> ExplainTree {
        // Parents come before their children, so from the end children are there when their parents need them.
        var made: [[ExplainTree]] = Array(repeating: [], count: plan.nodes.count)
        for node in plan.nodes.reversed() {
            made[node.id.index] = trees(of: node, below: (node.variants + node.children).flatMap { made[$0.index] })
        }
        let statements = plan.statementCount
        var head = ExplainTree(
            "\(counted(statements, "statement")) in \(counted(plan.waves.count, "round trip"))",
            badge: plan.strategy.rawValue)
        head.facts = [
            .init("strategy", .string(plan.strategy.rawValue)),
            .init("statements", .number(String(statements))),
            .init("roundTrips", .number(String(plan.waves.count))),
        ]
        if let reason = notes.reason {
            head.lines.append(.text(reason))
            head.facts.append(.init("reason", .string(reason)))
        }
        head.lanes = plan.waves.indices.map { ExplainTree.Lane("round trip \($0 + 1)", bars: notes.lanes[$0] ?? []) }
        head.lines += notes.whole.lines + otherAdvice.map { warning($0) }
        head.facts += notes.whole.facts
        // The plan of a count and of other numbers has no tree.
        head.children =
            made.first
            ?? plan.fetches.map { fetch in
                let name = schema[fetch.model].name
                let what = fetch.columns.contains { $0.property != nil } ? "numbers about" : "count of"
                var tree = ExplainTree(fetch.parts.isEmpty ? "\(what) \(name)" : name)
                describe(fetch, in: &tree)
                return tree
            }
        return head
    }

    /// What is shown for a node: itself, and beside it the numbers about its records.
    private func trees(of node: Node, below: [ExplainTree]) -> [ExplainTree] {
        var trees: [ExplainTree] = []
        if let id = node.fetch {
            var tree = ExplainTree(title(of: node), children: below)
            describe(node, id, in: &tree)
            trees.append(links(of: node, above: tree) ?? tree)
        } else if !node.variants.isEmpty {
            var tree = ExplainTree(title(of: node), badge: "by type", children: below)
            let names = node.variants.map { schema[plan.nodes[$0].model].name }
            tree.lines.append(.text("records of the types its rows name: \(names.joined(separator: ", "))"))
            tree.facts.append(.init("relation", .string(node.name)))
            add(node, to: &tree)
            trees.append(tree)
        }
        if node.deferred != nil {
            var tree = ExplainTree(title(of: node), badge: "by record")
            let parent = node.parent.map { schema[plan.nodes[$0].model].name } ?? ""
            tree.lines.append(
                .text(
                    "\(schema[node.model].name): the scope is a function of each \(parent); those whose scopes come out equal are loaded together, when they have come"
                ))
            tree.facts.append(.init("relation", .string(node.name)))
            add(node, to: &tree)
            trees.append(tree)
        }
        if let summary = node.summary {
            var tree = ExplainTree(node.fetch == nil ? title(of: node) : "\(title(of: node)): numbers")
            tree.facts.append(.init("relation", .string(node.name)))
            tree.edgeLabel = edge(for: plan.fetches[summary.fetch], summary.link.keys)
            if owners[summary.fetch] == node.id {
                describe(plan.fetches[summary.fetch], in: &tree)
            } else {
                shareStatement(summary.fetch, of: node, in: &tree)
            }
            if node.fetch == nil { add(node, to: &tree) }
            trees.append(tree)
        }
        if node.parent == nil, let total = plan.total {
            var tree = ExplainTree("total")
            describe(plan.fetches[total], in: &tree)
            trees[0].children.append(tree)
        }
        return trees
    }

    /// The name of the relation, of the type for one of several, of the model for the root.
    private func title(of node: Node) -> String {
        guard let parent = node.parent else { return schema[node.model].name }
        let isVariant = plan.nodes[parent].children.contains(node.id) == false
        return isVariant ? schema[node.model].name : node.name
    }

    // MARK: Nodes

    private func describe(_ node: Node, _ id: Fetch.ID, in tree: inout ExplainTree) {
        let fetch = plan.fetches[id]
        let model = schema[node.model].name
        if node.parent != nil {
            tree.facts = [
                .init("relation", .string(node.name)), .init("isToMany", .bool(node.isToMany)),
            ]
        }
        tree.facts.append(.init("model", .string(model)))
        if case .joined? = node.link {
            let parent = node.parent.map { schema[plan.nodes[$0].model].name } ?? ""
            if isKeyOnly(node) {
                tree.badge = "key only"
                tree.lines.append(
                    .text("\(model): its key is all that is asked, and each row of \(parent) has it; no statement"))
            } else {
                tree.badge = "joined in"
                tree.lines.append(
                    .text("\(model): comes with each row of \(parent), joined in; no statement of its own"))
            }
            tree.edgeLabel = "in the same row"
            tree.facts.append(.init("rowsOf", .number(String(id.index))))
        } else if owners[id] == node.id {
            let keys = Self.links(of: node) ?? node.link?.keys ?? (fetch.local == nil ? nil : fetch.keys.first)
            tree.edgeLabel = edge(for: fetch, keys)
            describe(fetch, in: &tree)
        } else if let owner = owners[id].map({ plan.nodes[$0] }), isAncestor(owner, of: node) {
            tree.badge = "reused"
            tree.edgeLabel = node.link?.keys.map { "by \(name(of: $0))" }
            tree.lines.append(
                .text("\(model): rows of \(place(of: owner)) that came before; no statement"))
            tree.facts.append(.init("rowsOf", .number(String(id.index))))
        } else {
            tree.edgeLabel = node.link?.keys.map { "keys of \(name(of: $0))" }
            shareStatement(id, of: node, in: &tree)
        }
        add(node, to: &tree)
    }

    /// Whether a record is told by the key that its parent's row has of it.
    private func isKeyOnly(_ node: Node) -> Bool {
        guard case .joined(let presence)? = node.link, let fetch = node.fetch,
            let parent = node.parent.map({ schema[plan.nodes[$0].model] }),
            let relation = parent.relations.first(where: { $0.name == node.name })
        else { return false }
        return presence.allSatisfy { position in
            let column = plan.fetches[fetch].columns[position]
            return column.model == parent.id && column.property.map(relation.sourceKey.contains) ?? false
        }
    }

    private func shareStatement(_ id: Fetch.ID, of node: Node, in tree: inout ExplainTree) {
        let owner = owners[id].map { place(of: plan.nodes[$0]) } ?? ""
        let isUnited = plan.fetches[id].keys.count > 1
        tree.badge = "shared"
        tree.lines.append(
            .text(
                isUnited
                    ? "\(schema[node.model].name): asked for together with \(owner), all keys at once; no statement of its own"
                    : "\(schema[node.model].name): the same rows as \(owner); no statement of its own"))
        tree.facts.append(.init("rowsOf", .number(String(id.index))))
    }

    /// The links above their targets, nil when they aren't fetched apart.
    private func links(of node: Node, above targets: ExplainTree) -> ExplainTree? {
        guard let keys = Self.links(of: node) else { return nil }
        let fetch = plan.fetches[keys.fetch]
        let name = fetch.local == nil ? "links" : "lists"
        var tree = ExplainTree("\(title(of: node)): \(name)", children: [targets])
        tree.edgeLabel = edge(for: fetch, fetch.keys.first)
        tree.facts.append(.init("relation", .string(node.name)))
        if owners[keys.fetch] == node.id {
            describe(fetch, in: &tree)
        } else {
            shareStatement(keys.fetch, of: node, in: &tree)
        }
        return tree
    }

    private func add(_ node: Node, to tree: inout ExplainTree) {
        if let note = notes.nodes[node.id] {
            tree.lines += note.lines
            tree.facts += note.facts
            tree.children += note.children
        }
        tree.lines += (advice[node.id] ?? []).map { warning($0) }
    }

    private func warning(_ advice: IndexAdvice) -> ExplainTree.Line {
        .warning("\(advice.reason)\n\(advice.createStatement)")
    }

    private func isAncestor(_ node: Node, of other: Node) -> Bool {
        var parent = other.parent
        while let current = parent {
            if current == node.id { return true }
            parent = plan.nodes[current].parent
        }
        return false
    }

    /// The relations that lead to a node, or the root's model.
    private func place(of node: Node) -> String {
        var names: [String] = []
        var current: Node? = node
        while let node = current, node.parent != nil {
            names.append(title(of: node))
            if title(of: node) != node.name { names.append(node.name) }
            current = node.parent.map { plan.nodes[$0] }
        }
        return names.isEmpty ? schema[node.model].name : names.reversed().joined(separator: ".")
    }
}

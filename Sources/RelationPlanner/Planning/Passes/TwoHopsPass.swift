// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

/// Reads links and targets of a many-to-many relation apart, where targets are linked so often that this is better: each of
/// them comes once then, and not once for each link.
struct TwoHopsPass: Pass {
    /// From so many links for each target on, rows of targets are asked for once each instead of once for each link: for
    /// heavily shared targets this was measured to take half the time and an eighth of the bytes, for others it costs a
    /// statement.
    private static let worthwhileSharing = 16.0

    func run(on tree: inout StepTree) {
        guard !tree.options.isDistributed, tree.catalog != nil else { return }
        for id in tree.nodeIDs where tree.nodes[id].isLinked && sharesTargets(tree.nodes[id], in: tree) {
            part(id, in: &tree)
        }
    }

    /// Whether targets are so often linked that links and targets are better read apart.
    private func sharesTargets(_ node: StepNode, in tree: StepTree) -> Bool {
        guard let include = node.include, let step = node.step, case .asked? = node.link,
            let source = tree.steps[step].read?.source, let link = source.link, include.link?.name == nil,
            include.link?.order.isEmpty ?? true, !include.scope.limit.isSet, !include.scope.skip.isSet,
            include.scope.cursor == nil, tree.steps[step].lookup?.isNumbered == false,
            !(node.parent == Node.root && tree.known?.isPoint ?? false), link.pairs.count == 1
        else { return false }
        let (target, links) = (tree.schema[source.model], tree.schema[link.model])
        guard let linkRows = tree.catalog?.table(links.tableSchema, links.table)?.estimatedRows,
            let targetRows = tree.catalog?.table(target.tableSchema, target.table)?.estimatedRows,
            // Each target is found once by its key, where a join would find all that have it.
            tree.schema.isUnique([link.pairs[0].other], of: target)
        else { return false }
        let type = links.properties[link.pairs[0].own].columnType
        // The targets' keys are handed over, so that two statements need no second round trip.
        return type.canBeHandedOver && target.properties[link.pairs[0].other].columnType.matches(type)
            && linkRows >= max(targetRows, 1) * Self.worthwhileSharing
    }

    private func part(_ id: Node.ID, in tree: inout StepTree) {
        let node = tree.nodes[id]
        guard let step = node.step, let read = tree.steps[step].read, let link = read.source.link,
            let lookup = tree.steps[step].lookup, case .asked(let keys, let child)? = node.link,
            let relation = tree.relation(of: node)
        else { return }
        let (target, linkModel) = (tree.schema[read.source.model], tree.schema[link.model])
        let source = child.map { $0.renamed(RowSource.alias) }
        let links = tree.insert(self.links(of: tree.steps[step], read, link, lookup, source), before: step)
        let flow = KeyFlow(links, link.pairs.map(\.own).columns())
        let own = relation.targetKey.columns()
        tree.changeRead(step) { read in
            let restricted = read.uses.filter { $0.purpose != .link }
            read = Read(targets: read, of: target.id)
            read.uses = restricted.map { $0.purpose == .key ? ColumnUse(.key, own) : $0 }
        }
        var match = KeyLookup(
            KeyMatch(
                parts: link.pairs.map { pair in
                    KeyMatch.Part(
                        target.properties[pair.other], parentType: linkModel.properties[pair.own].columnType)
                }), .rows, parent: lookup.parent)
        // What is shown part by part can't begin anew when it turns out that nothing can be handed over.
        match.timing = tree.options.isInParts ? .late : .handedOver
        tree.change(step) { step in
            step.inputs = [flow]
            step.lookup = match
            step.reason = "each shared target once, "
        }
        tree.change(id) { $0.link = .twoHop(keys, source: source, targets: flow, child: own) }
    }

    /// The links: the parents' keys and the targets', in the order of the links' own key.
    private func links(
        of step: Step, _ read: Read, _ link: RowSource.Link, _ lookup: KeyLookup, _ key: [StepColumn]
    ) -> Step {
        var links = Read(RowSource(link.model))
        links.uses = [ColumnUse(.key, key + link.pairs.map(\.own).columns())]
        links.restrictions = read.restrictions.renamed(RowSource.alias)
        links.isNamed = true
        var own = lookup
        own.match = lookup.match.renamed(RowSource.alias)
        own.question = .rows
        return Step(
            .read(links), model: link.model, inputs: step.inputs, lookup: own,
            reason: "links to targets that are shared by many, ")
    }
}

extension Read {
    /// What is read of the targets when their links are read apart.
    fileprivate init(targets read: Read, of target: Model.ID) {
        self.init(RowSource(target))
        condition = read.condition
        order = read.order
    }
}

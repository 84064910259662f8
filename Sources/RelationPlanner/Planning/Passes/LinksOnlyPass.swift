// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

/// A many-to-many relation of whose targets nothing but the key is asked: the links have it.
struct LinksOnlyPass: Pass {
    func run(on tree: inout StepTree) {
        for id in tree.nodeIDs where tree.nodes[id].isLinked { skipTargets(of: id, in: &tree) }
    }

    private func skipTargets(of id: Node.ID, in tree: inout StepTree) {
        let node = tree.nodes[id]
        guard let include = node.include, let step = node.step, case .asked(let keys, let child)? = node.link,
            let read = tree.steps[step].read, let link = read.source.link, include.scope.order.isEmpty,
            var lookup = tree.steps[step].lookup
        else { return }
        let (target, linkModel) = (tree.schema[read.source.model], tree.schema[link.model])
        let (key, foreignKey) = (link.pairs.map(\.other), link.pairs.map(\.own))
        guard let shown = KeyedTarget.shown(include.scope, of: target, by: key, at: foreignKey.columns()),
            tree.schema.isReferenced(target, key, by: foreignKey, of: linkModel), tree.schema.isUnique(key, of: target)
        else { return }
        var links = Read(RowSource(link.model))
        links.order = include.link?.order ?? []
        let terms = foreignKey.map { OrderTerm(Condition.Operand($0)) }
        links.order += terms.filter { term in !links.order.contains { $0.hasSameKey(as: term) } }
        (links.limit, links.skip) = (include.scope.limit, include.scope.skip)
        links.restrictions =
            read.restrictions.renamed(RowSource.alias)
            + foreignKey.map {
                Read.Restriction(
                    model: link.model, alias: RowSource.alias,
                    condition: .isNull(Condition.Operand($0), negated: true))
            }
        let own = child.map { $0.renamed(RowSource.alias) }
        links.uses = [
            ColumnUse(.key, own + foreignKey.columns()), ColumnUse(.link, (include.link?.fields ?? []).columns()),
        ]
        lookup.match = lookup.match.renamed(RowSource.alias)
        let replaced = Step(
            .read(links), model: link.model, inputs: tree.steps[step].inputs, lookup: lookup,
            reason: "the links have the targets' keys, ")
        tree.change(id) { node in
            node.shown = shown
            node.link = .asked(keys, child: own)
            node.linkObject?.shown = StepNode.Shown.of(include.link?.fields ?? [])
        }
        let new = tree.insert(replaced, before: step)
        tree.replace(step, by: new) { KeyedTarget.column($0, by: key, at: foreignKey.columns()) }
    }
}

extension [Read.Restriction] {
    /// The same restrictions of a table that goes by another alias.
    func renamed(_ alias: String) -> [Read.Restriction] {
        map { Read.Restriction(model: $0.model, alias: alias, condition: $0.condition) }
    }
}

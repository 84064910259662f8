// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

/// Joins to-one relations into the root's statement, where that costs less than a statement of its own: of one record, where
/// no two parents can share the target (1:1), and where the first rows are ordered by it anyway. Other targets that are shared
/// would come once for each parent.
struct JoinPass: Pass {
    /// More tables in one statement make the server's own planning dearer than a statement each.
    private static let mostJoins = 4

    func run(on tree: inout StepTree) {
        guard !tree.options.isDistributed, tree.catalog != nil, !tree.filter.readsBackwards,
            let root = tree.steps[StepTree.root].read, root.change == nil
        else { return }
        var source = root.source
        if !tree.filter.distinct { joinOrder(of: tree, to: &source) }
        let isPoint = tree.known?.isPoint ?? false
        // By node, the alias its record goes by in the root's rows.
        var aliases = [Node.root: RowSource.alias]
        for id in tree.nodeIDs where !tree.nodes[id].isToMany {
            let node = tree.nodes[id]
            guard let parent = node.parent, let alias = aliases[parent], parent == Node.root || isPoint,
                let joined = joined(node, tree, alias, isPoint: isPoint, source)
            else { continue }
            if !source.joins.contains(joined) { source.joins.append(joined) }
            aliases[id] = joined.alias
            join(id, parent: parent, joined, into: &tree)
        }
        tree.changeRead(StepTree.root) { $0.source = source }
    }

    /// Joins in what the root's rows are ordered by: properties of to-one relations (B2). The server looks up the related
    /// row of each row otherwise, one by one.
    private func joinOrder(of tree: StepTree, to source: inout RowSource) {
        for related in tree.filter.order.compactMap(\.related) where related.aggregate == nil {
            var (model, alias, way) = (source.model, RowSource.alias, source)
            var isWhole = true
            for step in related.path where isWhole {
                let relation = tree.schema.models[model].relations[step.relation]
                let known = way.joined(relation.id, of: alias, step.scope)
                guard let joined = known ?? joinable(relation, tree.schema[model], alias, step.scope, way, tree.schema)
                else {
                    isWhole = false
                    continue
                }
                if known == nil { way.joins.append(joined) }
                (model, alias) = (joined.model, joined.alias)
            }
            if isWhole { source = way }
        }
    }

    /// What to join in for a node, nil when it can't or shouldn't be.
    private func joined(
        _ node: StepNode, _ tree: StepTree, _ alias: String, isPoint: Bool, _ source: RowSource
    ) -> RowSource.Joined? {
        guard let include = node.include, case .asked? = node.link, include.scope.cursor == nil,
            include.probe == .always, include.summary == nil, let relation = tree.relation(of: node),
            !relation.hasScopeFunction, !relation.isToMany
        else { return nil }
        let known = source.joined(relation.id, of: alias, include.scope.condition)
        let isWorthwhile =
            isPoint
            || alias == RowSource.alias
                && (relation.kind == .hasOne || known != nil && tree.filter.limit.isSet)
        guard isWorthwhile else { return nil }
        let parent = tree.schema[source.model(of: alias)]
        return known ?? joinable(relation, parent, alias, include.scope.condition, source, tree.schema)
    }

    /// A to-one relation of rows that go by an alias, if it can be joined to them without making more of them.
    private func joinable(
        _ relation: Relation, _ model: Model, _ alias: String, _ condition: Condition, _ source: RowSource,
        _ schema: Schema
    ) -> RowSource.Joined? {
        guard let target = relation.target, !relation.isToMany, relation.embedded == nil,
            relation.polymorphic == nil, source.joins.count < Self.mostJoins, schema.isSingle(relation)
        else { return nil }
        let pairs = zip(relation.targetKey, relation.sourceKey).map { RowSource.Pair(own: $0, other: $1) }
        guard
            pairs.allSatisfy({ pair in
                schema.models[target].properties[pair.own].columnType
                    .isComparable(to: model.properties[pair.other].columnType)
            })
        else { return nil }
        return RowSource.Joined(
            relation: relation.id, model: target, alias: "j\(source.joins.count + 1)", on: pairs, other: model.id,
            otherAlias: alias, condition: condition)
    }

    /// The columns of the relation's own step take the place of the key that it was asked by.
    private func join(_ id: Node.ID, parent: Node.ID, _ joined: RowSource.Joined, into tree: inout StepTree) {
        let node = tree.nodes[id]
        guard let step = node.step, let read = tree.steps[step].read, case .asked(_, let child)? = node.link else {
            return
        }
        let uses = read.uses.map { $0.renamed(joined.alias) }
        tree.changeRead(StepTree.root) { root in
            guard let place = root.uses.firstIndex(where: { $0.purpose == .include(parent, node.position) }) else {
                return
            }
            root.uses.replaceSubrange(place...place, with: uses)
        }
        tree.change(id) { node in
            node.shown = node.shown.map { .init(column: $0.column.renamed(joined.alias), property: $0.property) }
            node.link = .joined(presence: child.map { $0.renamed(joined.alias) })
        }
        tree.replace(step, by: StepTree.root) { $0.renamed(joined.alias) }
    }
}

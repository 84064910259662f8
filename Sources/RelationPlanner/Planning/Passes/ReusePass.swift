// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

/// A belongsTo that leads back to where its own records were found: `customer` of a customer's `orders`. The rows are there
/// already, so nothing is asked.
struct ReusePass: Pass {
    func run(on tree: inout StepTree) {
        for id in tree.nodeIDs where tree.nodes[id].kind == .belongsTo { reuse(id, in: &tree) }
    }

    private func reuse(_ id: Node.ID, in tree: inout StepTree) {
        let node = tree.nodes[id]
        guard let parent = node.parent, let include = node.include, let step = node.step,
            case .asked(let own, _)? = node.link, include.scope.condition == .always, include.probe == .always,
            include.scope.cursor == nil, let relation = tree.relation(of: node),
            let target = relation.target.map({ tree.schema[$0] }),
            let (keys, child) = way(to: tree.nodes[parent], in: tree), child == own.columns, keys.form == .values,
            tree.schema.isUnique(relation.targetKey, of: target),
            let alias = alias(of: keys, relation.targetKey, of: target, in: tree)
        else { return }
        func column(_ property: Property.ID) -> StepColumn? {
            tree.column(of: property, of: target.id, alias: alias, in: keys.step)
        }
        var shown: [StepNode.Shown] = []
        for property in ColumnList.visible(include.scope.fields, of: target) {
            guard let column = column(property) else { return }
            shown.append(StepNode.Shown(column: column, property: property))
        }
        var columns: [Property.ID: StepColumn] = [:]
        for include in include.scope.include {
            guard let properties = properties(include, of: target) else { return }
            for property in properties {
                guard let column = column(property) else { return }
                columns[property] = column
            }
        }
        tree.change(id) { node in
            node.shown = shown
            node.link = .known(own, child: keys.columns)
        }
        tree.replace(step, by: keys.step) { old in
            if case .property(let property, _, _) = old { columns[property] ?? old } else { old }
        }
    }

    /// The keys that a node's rows were found by, and the columns that hold them; nil where the rows don't hold them.
    private func way(to node: StepNode, in tree: StepTree) -> (keys: KeyFlow, child: [StepColumn])? {
        switch node.link {
        case .asked(let keys, let child)?:
            let isNumbered = node.step.flatMap { tree.steps[$0].lookup?.isNumbered } ?? false
            return isNumbered ? nil : (keys, child)
        case .known(let keys, let child)?: return (keys, child)
        default: return nil
        }
    }

    /// The alias of the rows that keys were taken from, where these are the target's key.
    private func alias(of keys: KeyFlow, _ key: [Property.ID], of target: Model, in tree: StepTree) -> String? {
        var alias: String?
        guard keys.columns.count == key.count else { return nil }
        for (column, property) in zip(keys.columns, key) {
            guard let origin = tree.origin(of: column, in: keys.step), origin.property == property,
                origin.model == target.id, origin.alias != RowSource.linkAlias, alias == nil || alias == origin.alias
            else { return nil }
            alias = origin.alias
        }
        return alias
    }

    /// What an include takes of the rows it hangs from; nil for what columns alone can't tell.
    private func properties(_ include: Include, of model: Model) -> [Property.ID]? {
        let relation = model.relations[include.relation]
        // The function may read any property.
        guard include.deferral == nil,
            relation.sourceKey.allSatisfy({ model.properties[$0].columnType.keyForm == .value }),
            relation.polymorphic.map({ model.properties[$0.discriminator].columnType.nameForm == .value }) ?? true
                || relation.target != nil
        else { return nil }
        let discriminator = relation.target == nil ? relation.polymorphic?.discriminator : nil
        return (relation.embedded.map { [$0] } ?? relation.sourceKey) + (discriminator.map { [$0] } ?? [])
    }
}

// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

/// A polymorphic belongsTo: a step for each type, sent when a row names it.
enum PolymorphicRelation {
    static func add(_ asked: AskedRelation, to tree: inout StepTree) throws(PlannerError) {
        guard let polymorphic = asked.relation.polymorphic, let discriminator = asked.keys.discriminator else { return }
        let owner = tree.append(asked.node(asked.parent.model.id))
        var variants: [Node.ID] = []
        for (target, key) in zip(polymorphic.targets, polymorphic.targetKeys) {
            let model = tree.schema[target]
            variants.append(tree.nextNode)
            try add(model, by: key, asked, discriminator, to: &tree)
        }
        tree.change(owner) { $0.variants = variants }
    }

    private static func add(
        _ model: Model, by key: Property.ID, _ asked: AskedRelation, _ discriminator: StepColumn,
        to tree: inout StepTree
    ) throws(PlannerError) {
        let scope = asked.include.scope(for: model.id)
        let id = tree.nextNode
        let visible = ColumnList.visible(scope.fields, of: model)
        let child = [key].columns()
        var read = Read(RowSource(model.id), scope)
        read.uses =
            [ColumnUse(.shown, visible.columns()), ColumnUse(.key, child)]
            + RelationKinds.uses(of: scope.include, by: id, of: model)
        read.isOrdered = false
        let keys = KeyFlow(
            asked.parent.step, asked.keys.keys, form: .typed(discriminator: discriminator, type: model.name))
        let match = KeyMatch(parts: [
            KeyMatch.Part(
                model.properties[key],
                parentType: asked.parent.model.properties[asked.relation.sourceKey[0]].columnType)
        ])
        var lookup = KeyLookup(
            match, .targets(asked.parent.model.id, asked.relation.id), parent: asked.parent.model.id)
        // Not handed over: which types there are is known when the rows are there, and most types are in none of them.
        lookup.timing = .late
        let step = tree.append(
            Step(
                .read(read), model: model.id, inputs: [keys], lookup: lookup,
                reason: "for rows of type \(model.name): "))
        let node = asked.node(model.id, step: step) { node in
            node.shown = StepNode.Shown.of(visible)
            node.link = .asked(keys, child: child)
        }
        tree.append(node, isShown: false)
        try RelationKinds.add(scope.include, under: RelationParent(node: id, step: step, model: model), to: &tree)
    }
}

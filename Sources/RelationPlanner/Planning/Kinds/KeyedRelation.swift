// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

/// The targets of a belongsTo, hasOne, hasMany or many-to-many relation: rows that have the parents' keys, or whose links do.
enum KeyedRelation {
    static func add(_ asked: AskedRelation, to tree: inout StepTree) throws(PlannerError) {
        guard let target = asked.relation.target.map({ tree.schema[$0] }) else { return }
        let source = RowSource(targetsOf: asked.relation, target.id)
        let match = match(asked, source, in: tree.schema)
        let node: Node.ID
        if let summary = asked.include.summary, !summary.rows {
            node = tree.append(asked.node(target.id))
        } else {
            node = try addRows(asked, of: target, source, match, to: &tree)
        }
        guard let summary = asked.include.summary else { return }
        RelationNumbers.add(summary, asked, source, match, to: node, &tree)
    }

    private static func addRows(
        _ asked: AskedRelation, of model: Model, _ source: RowSource, _ match: KeyMatch, to tree: inout StepTree
    ) throws(PlannerError) -> Node.ID {
        let (include, relation) = (asked.include, asked.relation)
        let id = tree.nextNode
        let visible = ColumnList.visible(include.scope.fields, of: model)
        let child = (relation.through?.sourceKey ?? relation.targetKey).columns(of: source.carrierAlias)
        let key = source.link == nil ? child : relation.targetKey.columns() + child
        let linkFields = source.link == nil ? [] : include.link?.fields ?? []
        var read = Read(source, include.scope)
        read.uses =
            [ColumnUse(.shown, visible.columns()), ColumnUse(.key, key)]
            + RelationKinds.uses(of: include.scope.include, by: id, of: model)
            + [ColumnUse(.link, linkFields.columns(of: RowSource.linkAlias))]
        if include.scope.readsAll { read.uses.append(ColumnUse(.shown, model.properties.map(\.id).columns())) }
        if include.scope.readsOrder {
            let order = tree.schema.completedOrder(include.scope.order, for: model.id)
            read.uses.append(ColumnUse(.paging, order.map(\.operand.property).columns()))
        }
        read.restrictions = restrictions(asked, source, in: tree.schema)
        read.linkOrder = include.link?.order ?? []
        read.probe = include.probe
        read.isOrdered = relation.isToMany
        let step = tree.append(
            Step(
                .read(read), model: model.id, inputs: [asked.flow],
                lookup: KeyLookup(
                    match, .targets(asked.parent.model.id, relation.id), parent: asked.parent.model.id)))
        tree.append(
            asked.node(model.id, step: step) { node in
                node.shown = StepNode.Shown.of(visible)
                node.link = .asked(asked.flow, child: child)
                if let name = include.link?.name, let link = source.link {
                    node.linkObject = StepNode.LinkObject(
                        name: name, model: link.model,
                        shown: StepNode.Shown.of(linkFields, alias: RowSource.linkAlias))
                }
            })
        try RelationKinds.add(
            include.scope.include, under: RelationParent(node: id, step: step, model: model), to: &tree)
        return id
    }

    private static func match(_ asked: AskedRelation, _ source: RowSource, in schema: Schema) -> KeyMatch {
        let key = asked.relation.through?.sourceKey ?? asked.relation.targetKey
        return KeyMatch(
            parts: zip(key, asked.relation.sourceKey).map { own, parents in
                KeyMatch.Part(
                    schema.models[source.carrier].properties[own], of: source.carrierAlias,
                    parentType: asked.parent.model.properties[parents].columnType)
            })
    }

    /// The type of a polymorphic relation and the scope of its links.
    static func restrictions(_ asked: AskedRelation, _ source: RowSource, in schema: Schema) -> [Read.Restriction] {
        var restrictions: [Read.Restriction] = []
        if let polymorphic = asked.relation.polymorphic, let type = polymorphic.typeName {
            restrictions.append(
                Read.Restriction(
                    model: source.carrier, alias: source.carrierAlias,
                    condition: schema[source.carrier].condition(polymorphic.discriminator, names: type)))
        }
        if let link = source.link, let condition = asked.include.link?.condition {
            restrictions.append(Read.Restriction(model: link.model, alias: RowSource.linkAlias, condition: condition))
        }
        return restrictions
    }
}

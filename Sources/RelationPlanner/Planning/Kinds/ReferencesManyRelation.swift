// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

/// The targets of a referencesMany: the keys in the parents' lists, then each target once.
enum ReferencesManyRelation {
    static func add(_ asked: AskedRelation, to tree: inout StepTree) throws(PlannerError) {
        guard let target = asked.relation.target.map({ tree.schema[$0] }), let key = asked.relation.targetKey.first,
            let list = asked.relation.sourceKey.first
        else { return }
        let parent = asked.parent.model
        let type = target.properties[key].columnType.readType
        var lists = Step(
            .make(.references(list: parent.properties[list].columnType.readType, key: type)), model: parent.id,
            inputs: [asked.flow], reason: "the keys in the lists of \(parent.name)")
        lists.columns = ["key", "position", "parent"].map { name in
            Fetch.Column(parent.id, property: nil, type: name == "key" ? type : .int4, output: name)
        }
        let id = tree.append(lists)
        // Keys are compared in the key's own type where the elements are of it, else in the one that it is read in, for elsewhere
        // the server would fail for what is no value of a type known by name only.
        let own = target.properties[key].columnType
        let listed = parent.properties[list].columnType.element?.oid == own.oid ? own : type
        let node: Node.ID
        if let summary = asked.include.summary, !summary.rows {
            node = tree.append(asked.node(target.id))
        } else {
            node = try addRows(asked, of: target, by: key, as: listed, in: id, to: &tree)
        }
        if let summary = asked.include.summary {
            RelationNumbers.add(summary, ofLists: id, of: target, key: key, as: listed, asked, to: node, &tree)
        }
    }

    private static func addRows(
        _ asked: AskedRelation, of target: Model, by key: Property.ID, as type: ColumnType, in lists: Step.ID,
        to tree: inout StepTree
    ) throws(PlannerError) -> Node.ID {
        let scope = asked.include.scope
        let id = tree.nextNode
        let visible = ColumnList.visible(scope.fields, of: target)
        let child = [key].columns()
        var read = Read(RowSource(target.id), scope)
        (read.limit, read.skip) = (nil, nil)
        read.uses =
            [ColumnUse(.shown, visible.columns()), ColumnUse(.key, child)]
            + RelationKinds.uses(of: scope.include, by: id, of: target)
        let keys = KeyFlow(lists, [.position(0)])
        var lookup = KeyLookup(
            KeyMatch(parts: [KeyMatch.Part(target.properties[key], parentType: type)]), .rows,
            parent: asked.parent.model.id)
        lookup.timing = .late
        let step = tree.append(
            Step(
                .read(read), model: target.id, inputs: [keys], lookup: lookup,
                reason: "each referenced record once, "))
        tree.append(
            asked.node(target.id, step: step) { node in
                node.shown = StepNode.Shown.of(visible)
                node.link = .list(
                    targets: keys, child: child, isStored: scope.order.isEmpty && scope.cursor == nil,
                    limits: NodeLink.ListLimits(skip: scope.skip, limit: scope.limit, takesLast: scope.readsBackwards))
            })
        try RelationKinds.add(scope.include, under: RelationParent(node: id, step: step, model: target), to: &tree)
        return id
    }
}

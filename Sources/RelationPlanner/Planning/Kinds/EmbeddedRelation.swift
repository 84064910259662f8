// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

/// Embedded records: no statement, they came with their parents. What is included below them is asked for together, for the
/// records of all parents (D22).
enum EmbeddedRelation {
    static func add(_ asked: AskedRelation, to tree: inout StepTree) throws(PlannerError) {
        let (include, relation, parent) = (asked.include, asked.relation, asked.parent)
        guard let target = relation.target.map({ tree.schema[$0] }), let property = relation.embedded else { return }
        try EmbeddedFilter.check(include.scope, of: target)
        var scope = include.scope
        // Nothing hangs from records of which there is only the number.
        if let summary = include.summary, !summary.rows { scope.include = [] }
        var members = Members(target, tree.schema)
        // What each include hangs from, and the model as it has it: keys in the types of what they are joined with there.
        var holders: [(keys: KeyHolder, model: Model)] = []
        for include in scope.include { holders.append(try members.holder(of: include)) }
        var rows = Step(
            .make(
                .embedded(
                    LocalRows.Embedded(
                        owner: parent.model.id, property: property, isList: relation.isToMany, scope: scope,
                        keys: members.keys))), model: target.id, inputs: [asked.flow],
            reason: "embedded in \(parent.model.name).\(parent.model.properties[property].name)")
        rows.columns =
            [Fetch.Column(target.id, property: nil, type: .jsonb, output: "item")]
            + members.keys.map { Fetch.Column(target.id, property: $0.property, type: $0.type, output: "key") }
            + ["position", "parent"].map { Fetch.Column(target.id, property: nil, type: .int4, output: $0) }
        let step = tree.append(rows)
        let node = tree.append(
            asked.node(target.id, step: step) { node in
                node.record = 0
                node.link = .row(column: members.keys.count + 2)
            })
        if let summary = include.summary { try addCounts(summary, asked, of: step, target, to: node, &tree) }
        for (position, include) in scope.include.enumerated() {
            try RelationKinds.add(
                include, at: position, target.relations[include.relation], by: holders[position].keys,
                under: RelationParent(node: node, step: step, model: holders[position].model), to: &tree)
        }
    }

    private static func addCounts(
        _ summary: Include.Summary, _ asked: AskedRelation, of rows: Step.ID, _ target: Model, to node: Node.ID,
        _ tree: inout StepTree
    ) throws(PlannerError) {
        guard summary.aggregates.isEmpty else {
            let (model, relation) = (asked.parent.model.name, asked.relation.name)
            throw PlannerError(
                .unsupported,
                "The records of \(model).\(relation) are embedded: they can be counted, but not added up.",
                model: model, relation: relation)
        }
        var counts = Step(
            .make(.counts), model: target.id, inputs: [KeyFlow(rows, [])], reason: "counted where they are read")
        counts.columns = [
            Fetch.Column(target.id, property: nil, type: .int4, output: "parent"),
            Fetch.Column(target.id, property: nil, type: .int8, output: "count"),
        ]
        let step = tree.append(counts)
        let asked = Include.Summary(count: true, rows: summary.rows)
        tree.change(node) { $0.summary = StepNode.Summary(step: step, keys: nil, asked: asked, keyCount: 1) }
    }

    /// The members of embedded records that other rows are joined by.
    private struct Members {
        let target: Model
        let schema: Schema
        var keys: [LocalRows.Key] = []

        init(_ target: Model, _ schema: Schema) {
            self.target = target
            self.schema = schema
        }

        /// What an include hangs from: members of the records.
        mutating func holder(of include: Include) throws(PlannerError) -> (keys: KeyHolder, model: Model) {
            let relation = target.relations[include.relation]
            guard relation.embedded == nil, relation.kind != .referencesMany, !relation.hasScopeFunction else {
                throw PlannerError(
                    .unsupported,
                    "\(target.name).\(relation.name) can't be included below embedded records: these have no row of their own to keep it in.",
                    model: target.name, relation: relation.name)
            }
            var model = target
            var columns: [StepColumn] = []
            for (property, type) in zip(relation.sourceKey, types(of: relation)) {
                columns.append(column(property, type.readType))
                model.properties[property].columnType = type.readType
            }
            let discriminator =
                relation.target == nil ? relation.polymorphic.map { column($0.discriminator, .text) } : nil
            return (KeyHolder(columns, discriminator: discriminator), model)
        }

        /// The types of what a relation's keys are joined with.
        private func types(of relation: Relation) -> [ColumnType] {
            if let other = relation.target.map({ schema[$0] }) {
                return relation.through.map { through in
                    through.sourceKey.map { schema[through.model].properties[$0].columnType }
                } ?? relation.targetKey.map { other.properties[$0].columnType }
            }
            return relation.sourceKey.map { property in
                let own = target.properties[property]
                return own.isTypeAssumed && own.columnType.isInteger ? .int8 : own.columnType
            }
        }

        private mutating func column(_ property: Property.ID, _ type: ColumnType) -> StepColumn {
            if let known = keys.firstIndex(where: { $0.property == property && $0.type == type }) {
                return .position(known + 1)
            }
            keys.append(LocalRows.Key(property: property, type: type))
            return .position(keys.count)
        }
    }
}

// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

extension PlanBuilder {
    /// Embedded records: no statement, they came with their parents. What is included below them is asked for together,
    /// for the records of all parents (D22).
    mutating func addEmbedded(
        _ include: Include, _ relation: Relation, _ columns: [Int], under place: Place
    ) throws(PlannerError) {
        guard let target = relation.target.map({ schema[$0] }), let property = relation.embedded else { return }
        try EmbeddedFilter.check(include.scope, of: target)
        var scope = include.scope
        // Nothing hangs from records of which there is only the number.
        if let summary = include.summary, !summary.rows { scope.include = [] }
        var keys: [LocalRows.Key] = []
        var attachments: [Attachment] = []
        // The model as each include has it: keys in the types of what they are joined with there.
        var models: [Model] = []
        for include in scope.include {
            var model = target
            attachments.append(try attachment(include, of: target, &model, &keys))
            models.append(model)
        }
        let local = LocalRows.Embedded(
            owner: place.model.id, property: property, isList: relation.isToMany, scope: scope, keys: keys)
        let rows = append(
            .embedded(local), model: target,
            columns: [Fetch.Column(target.id, property: nil, type: .jsonb, output: "item")]
                + keys.map { Fetch.Column(target.id, property: $0.property, type: $0.type, output: "key") }
                + ["position", "parent"].map { Fetch.Column(target.id, property: nil, type: .int4, output: $0) },
            of: KeySource(fetch: place.fetch, columns: columns), wave: place.wave,
            reason: "embedded in \(place.model.name).\(place.model.properties[property].name)")
        let node = append(relation, target.id, rows, under: place) { node in
            node.record = 0
            node.link = .row(column: keys.count + 2)
        }
        if let summary = include.summary { try addCounts(summary, relation, of: rows, target, to: node, place) }
        for (position, below) in scope.include.enumerated() {
            var one = Filter()
            one.include = [below]
            try addIncludes(
                of: one,
                under: Place(
                    node: node, fetch: rows, wave: place.wave, model: models[position],
                    attachments: [attachments[position]]))
        }
    }

    private mutating func addCounts(
        _ summary: Include.Summary, _ relation: Relation, of rows: Fetch.ID, _ target: Model, to node: Node.ID,
        _ place: Place
    ) throws(PlannerError) {
        guard summary.aggregates.isEmpty else {
            throw PlannerError(
                .unsupported,
                "The records of \(place.model.name).\(relation.name) are embedded: they can be counted, but not added up.",
                model: place.model.name, relation: relation.name)
        }
        let fetch = append(
            .counts(of: rows), model: target,
            columns: [
                Fetch.Column(target.id, property: nil, type: .int4, output: "parent"),
                Fetch.Column(target.id, property: nil, type: .int8, output: "count"),
            ],
            of: KeySource(fetch: rows, columns: []), wave: place.wave, reason: "counted where they are read")
        change(node) { node in
            node.summary = Node.Summary(
                fetch: fetch, link: .row(column: 0), count: 1, aggregates: [], firstAggregate: 2, rows: summary.rows)
        }
    }

    /// How an include hangs from embedded records: by members of theirs.
    private func attachment(
        _ include: Include, of target: Model, _ model: inout Model, _ keys: inout [LocalRows.Key]
    ) throws(PlannerError) -> Attachment {
        let relation = target.relations[include.relation]
        guard relation.embedded == nil, relation.kind != .referencesMany, !relation.hasScopeFunction else {
            throw PlannerError(
                .unsupported,
                "\(target.name).\(relation.name) can't be included below embedded records: these have no row of their own to keep it in.",
                model: target.name, relation: relation.name)
        }
        func column(_ property: Property.ID, _ type: ColumnType) -> Int {
            if let known = keys.firstIndex(where: { $0.property == property && $0.type == type }) { return known + 1 }
            keys.append(LocalRows.Key(property: property, type: type))
            return keys.count
        }
        let types: [ColumnType] =
            if let other = relation.target.map({ schema[$0] }) {
                relation.through.map { through in
                    through.sourceKey.map { schema[through.model].properties[$0].columnType }
                } ?? relation.targetKey.map { other.properties[$0].columnType }
            } else {
                relation.sourceKey.map { property in
                    let own = target.properties[property]
                    return own.isTypeAssumed && own.columnType.isInteger ? .int8 : own.columnType
                }
            }
        var columns: [Int] = []
        for (property, type) in zip(relation.sourceKey, types) {
            columns.append(column(property, type.readType))
            model.properties[property].columnType = type.readType
        }
        let discriminator =
            relation.target == nil ? relation.polymorphic.map { column($0.discriminator, .text) } : nil
        return .keys(columns, discriminator: discriminator)
    }
}

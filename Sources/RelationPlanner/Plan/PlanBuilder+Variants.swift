// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

extension PlanBuilder {
    /// A polymorphic belongsTo: a fetch for each type, sent when a row names it.
    mutating func addVariants(
        _ include: Include, _ relation: Relation, _ key: [Int], _ discriminator: Int?, under place: Place
    ) throws(PlannerError) {
        guard let polymorphic = relation.polymorphic, let discriminator else { return }
        let owner = append(relation, place.model.id, nil, under: place)
        var variants: [Node.ID] = []
        for (target, targetKey) in zip(polymorphic.targets, polymorphic.targetKeys) {
            let keys = KeySource(
                fetch: place.fetch, columns: key,
                form: .typed(discriminator: discriminator, type: schema[target].name))
            variants.append(
                try addVariant(
                    relation, schema[target], targetKey, scope: include.scope(for: target), keys, under: place))
        }
        change(owner) { $0.variants = variants }
    }

    private mutating func addVariant(
        _ relation: Relation, _ model: Model, _ targetKey: Property.ID, scope: Filter, _ keys: KeySource,
        under place: Place
    ) throws(PlannerError) -> Node.ID {
        var columns = ColumnList(showing: scope.fields, of: model)
        let childKey = columns.position(of: targetKey, in: model)
        let attachments = attachments(of: scope, model, &columns)
        let key = model.properties[targetKey]
        let match = KeyMatch(parts: [
            KeyMatch.Part(
                alias: RowSource.alias, column: key.column, type: key.columnType,
                parentType: place.model.properties[relation.sourceKey[0]].columnType)
        ])
        let choice = AccessChoice(
            match, relation: relation, carrier: model, scope: scope,
            isSingle: schema.isSingle(relation, to: model, by: [targetKey]), catalog: planner.catalog)
        // Not handed over: which types there are is known when the rows are there, and most types are in none of them.
        let asking = asked(later: keys, match, choice, under: place)
        let (fetch, link) = try append(
            SelectWriter(RowSource(model, in: schema), columns: columns, filter: scope), asking, own: [childKey],
            isOrdered: false, reason: "for rows of type \(model.name): ", under: place)
        let node = append(relation, model.id, fetch, under: place, isShown: false) { node in
            node.shown = columns.shown
            node.link = link
        }
        try addIncludes(
            of: scope,
            under: Place(node: node, fetch: fetch, wave: asking.wave, model: model, attachments: attachments))
        return node
    }
}

// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

extension PlanBuilder {
    /// A belongsTo that leads back to where its own records were found: `customer` of a customer's `orders`. The rows are
    /// there already, so nothing is asked.
    ///
    /// - Returns: false when the rows aren't there, or not all that is asked of them.
    mutating func addReused(
        _ include: Include, _ relation: Relation, _ columns: [Int], under place: Place
    ) throws(PlannerError) -> Bool {
        guard relation.kind == .belongsTo, let target = relation.target, include.scope.condition == .always,
            include.probe == .always,
            include.scope.cursor == nil, case .key(let keys, let child)? = nodes[place.node].link, child == columns,
            keys.form == .values, schema.isUnique(relation.targetKey, of: schema[target])
        else { return false }
        let rows = fetches[keys.fetch].columns
        let origin = keys.columns.map { rows[$0] }
        guard origin.map(\.property) == relation.targetKey.map(Optional.some),
            let alias = origin.first?.alias, alias != RowSource.linkAlias,
            origin.allSatisfy({ $0.model == target && $0.alias == alias })
        else { return false }
        func position(_ property: Property.ID) -> Int? {
            let type = schema[target].properties[property].columnType.readType
            return rows.firstIndex {
                $0.model == target && $0.property == property && $0.alias == alias && $0.type == type
            }
        }
        let model = schema[target]
        var shown: [Node.Shown] = []
        for property in ColumnList.visible(include.scope.fields, of: model) {
            guard let column = position(property) else { return false }
            shown.append(Node.Shown(column: column, property: property))
        }
        var attachments: [Attachment] = []
        for include in include.scope.include {
            let relation = model.relations[include.relation]
            // The function may read any property.
            guard include.deferral == nil,
                relation.sourceKey.allSatisfy({ model.properties[$0].columnType.keyForm == .value }),
                relation.polymorphic.map({ model.properties[$0.discriminator].columnType.nameForm == .value }) ?? true
                    || relation.target != nil
            else { return false }
            let discriminator = relation.target == nil ? relation.polymorphic?.discriminator : nil
            let properties = relation.embedded.map { [$0] } ?? relation.sourceKey
            let key = properties.compactMap(position)
            let type = discriminator.flatMap(position)
            guard key.count == properties.count, (type == nil) == (discriminator == nil) else { return false }
            attachments.append(.keys(key, discriminator: type))
        }
        let source = KeySource(fetch: place.fetch, columns: columns)
        let node = append(relation, target, keys.fetch, under: place) { node in
            node.shown = shown
            node.link = .key(source, child: keys.columns)
        }
        try addIncludes(
            of: include.scope,
            under: Place(
                node: node, fetch: keys.fetch, wave: fetches[keys.fetch].wave, model: model, attachments: attachments))
        return true
    }
}

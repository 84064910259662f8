// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

extension PlanBuilder {
    /// The targets of a referencesMany: the keys in the parents' lists, then each target once.
    mutating func addReferences(
        _ include: Include, _ relation: Relation, _ columns: [Int], under place: Place
    ) throws(PlannerError) {
        guard let target = relation.target.map({ schema[$0] }), let key = relation.targetKey.first,
            let column = columns.first
        else { return }
        let type = target.properties[key].columnType.readType
        let lists = append(
            .references(list: fetches[place.fetch].columns[column].type, key: type), model: place.model,
            columns: ["key", "position", "parent"].map { name in
                Fetch.Column(place.model.id, property: nil, type: name == "key" ? type : .int4, output: name)
            },
            of: KeySource(fetch: place.fetch, columns: columns), wave: place.wave,
            reason: "the keys in the lists of \(place.model.name)")
        let node: Node.ID
        if let summary = include.summary, !summary.rows {
            node = append(relation, target.id, nil, under: place)
        } else {
            node = try addReferenced(include, relation, target, key, lists, under: place)
        }
        if let summary = include.summary {
            try addSummary(
                summary, ofReferences: lists, target, key, listed(relation, target, key, under: place), include.scope,
                to: node, wave: place.wave + 1)
        }
    }

    /// The type that the keys in a list are compared in: the key's own where the elements are of it, else the one that it
    /// is read in, for elsewhere the server would fail for what is no value of a type known by name only.
    private func listed(
        _ relation: Relation, _ target: Model, _ key: Property.ID, under place: Place
    ) -> ColumnType {
        let type = target.properties[key].columnType
        let list = relation.sourceKey.first.map { place.model.properties[$0].columnType }
        return list?.element?.oid == type.oid ? type : type.readType
    }

    private mutating func addReferenced(
        _ include: Include, _ relation: Relation, _ target: Model, _ key: Property.ID, _ lists: Fetch.ID,
        under place: Place
    ) throws(PlannerError) -> Node.ID {
        var scope = include.scope
        let isStored = scope.order.isEmpty && scope.cursor == nil
        let limits = NodeLink.ListLimits(skip: scope.skip, limit: scope.limit, takesLast: scope.readsBackwards)
        (scope.limit, scope.skip) = (nil, nil)
        var columns = ColumnList(showing: scope.fields, of: target)
        let childKey = columns.position(of: key, in: target)
        let attachments = attachments(of: scope, target, &columns)
        let property = target.properties[key]
        let match = KeyMatch(parts: [
            KeyMatch.Part(
                alias: RowSource.alias, column: property.column, type: property.columnType,
                parentType: listed(relation, target, key, under: place))
        ])
        let choice = AccessChoice(rowsBy: match, of: target, catalog: planner.catalog)
        let asking = asked(later: KeySource(fetch: lists, columns: [0]), match, choice, under: place)
        let (fetch, link) = try append(
            SelectWriter(RowSource(target, in: schema), columns: columns, filter: scope), asking, own: [childKey],
            isOrdered: true, reason: "each referenced record once, ", under: place)
        let node = append(relation, target.id, fetch, under: place) { node in
            node.shown = columns.shown
            node.link = .list(lists, targets: link, isStored: isStored, limits: limits)
        }
        try addIncludes(
            of: scope,
            under: Place(node: node, fetch: fetch, wave: asking.wave, model: target, attachments: attachments))
        return node
    }

    /// Numbers about the referenced records: the lists are sent row by row, a record that is referenced twice counts twice.
    private mutating func addSummary(
        _ summary: Include.Summary, ofReferences lists: Fetch.ID, _ target: Model, _ key: Property.ID,
        _ type: ColumnType, _ scope: Filter, to node: Node.ID, wave: Int
    ) throws(PlannerError) {
        let select = SelectWriter(RowSource(target, in: schema), columns: ColumnList(), filter: scope)
        var columns = [Fetch.Column(target.id, property: nil, type: .int4, output: "parent")]
        if summary.count { columns.append(Fetch.Column(target.id, property: nil, type: .int8, output: "count")) }
        for term in summary.aggregates {
            let type = term.function.resultType(of: target.properties[term.property].columnType)
            columns.append(Fetch.Column(target.id, property: term.property, type: type, output: term.function.rawValue))
        }
        var draft = Draft(
            try select.summary(ofReferences: lists, key: target.properties[key], as: type, summary), model: target,
            columns: columns, access: .ordinality, reason: "numbers for each parent, of the records in its list")
        (draft.keys, draft.passing, draft.wave) = (KeySource(fetch: lists, columns: [0]), .parameter, wave)
        let fetch = append(draft)
        change(node) { node in
            node.summary = Node.Summary(
                fetch: fetch, link: .row(column: 0), count: summary.count ? 1 : nil, aggregates: summary.aggregates,
                firstAggregate: summary.count ? 2 : 1, rows: summary.rows)
        }
    }
}

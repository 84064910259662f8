// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

extension PlanBuilder {
    /// The targets of a belongsTo, hasOne, hasMany or many-to-many relation.
    mutating func addTargets(
        _ include: Include, _ relation: Relation, _ columns: [Int], under place: Place
    ) throws(PlannerError) {
        guard let target = relation.target else { return }
        let source = RowSource(targetsOf: relation, schema[target], in: schema)
        let request = Request(
            include: include, relation: relation, source: source,
            match: keyMatch(of: relation, from: place.model, source: source),
            keys: KeySource(fetch: place.fetch, columns: columns), place: place)
        let node: Node.ID
        if let summary = include.summary, !summary.rows {
            node = append(relation, target, nil, under: place)
        } else if needsLinksOnly(request) {
            node = try addLinksOnly(request)
        } else if sharesTargets(request) {
            node = try addTwoHops(request)
        } else {
            node = try addRows(request)
        }
        if let summary = include.summary { try addSummary(summary, request, to: node) }
    }

    /// What is asked of a relation's targets, and for whom.
    struct Request {
        let include: Include
        let relation: Relation
        let source: RowSource
        let match: KeyMatch
        let keys: KeySource
        let place: Place

        /// The model whose table holds the key.
        var carrier: Model { source.link?.model ?? source.model }
    }

    mutating func addRows(_ request: Request) throws(PlannerError) -> Node.ID {
        let (include, relation, source, place) = (request.include, request.relation, request.source, request.place)
        let scope = include.scope
        let model = source.model
        var columns = ColumnList(showing: scope.fields, of: model)
        var childKey = relation.targetKey.map { columns.position(of: $0, in: model) }
        if let through = relation.through, let link = source.link {
            childKey = through.sourceKey.map { columns.position(of: $0, in: link.model, alias: RowSource.linkAlias) }
        }
        let attachments = attachments(of: scope, model, &columns)
        let shownLinks = source.link.map { link in
            (include.link?.fields ?? []).map { property in
                Node.Shown(
                    column: columns.position(of: property, in: link.model, alias: RowSource.linkAlias),
                    property: property)
            }
        }
        // The order of linked targets is none that an index of the links has.
        let choice = AccessChoice(
            request.match, relation: relation, carrier: request.carrier, scope: scope,
            isSingle: schema.isSingle(relation), isCarrierOrdered: source.link == nil, catalog: planner.catalog)
        let asking = asking(by: request.keys, request.match, of: relation, choice, under: place)
        var select = SelectWriter(source, columns: columns, filter: scope)
        select.restrictions = restrictions(of: relation, include, source)
        select.linkOrder = include.link?.order ?? []
        select.probe = include.probe
        let (fetch, rowLink) = try append(
            select, asking, own: childKey, isOrdered: relation.isToMany, under: place)
        let node = append(relation, model.id, fetch, under: place) { node in
            node.shown = columns.shown
            node.link = rowLink
            if let name = include.link?.name, let link = source.link, let shownLinks {
                node.linkObject = Node.LinkObject(name: name, model: link.model.id, shown: shownLinks)
            }
        }
        try addIncludes(
            of: scope,
            under: Place(node: node, fetch: fetch, wave: asking.wave, model: model, attachments: attachments))
        return node
    }

    private mutating func addSummary(
        _ summary: Include.Summary, _ request: Request, to node: Node.ID
    ) throws(PlannerError) {
        let (source, place) = (request.source, request.place)
        let choice = AccessChoice(numbersBy: request.match, carrier: request.carrier, catalog: planner.catalog)
        let asking = asking(by: request.keys, request.match, of: request.relation, choice, under: place)
        let match = asking.match
        var select = SelectWriter(source, columns: ColumnList(), filter: request.include.scope)
        select.restrictions = restrictions(of: request.relation, request.include, source)
        let model = source.model.id
        var columns =
            choice.isNumbered
            ? match.numberColumns(of: place.model.id)
            : match.parts.map {
                Fetch.Column(request.carrier.id, property: nil, type: $0.type.readType, output: $0.column)
            }
        let keyCount = columns.count
        if summary.count { columns.append(Fetch.Column(model, property: nil, type: .int8, output: "count")) }
        let firstAggregate = columns.count
        for term in summary.aggregates {
            let type = term.function.resultType(of: source.model.properties[term.property].columnType)
            columns.append(Fetch.Column(model, property: term.property, type: type, output: term.function.rawValue))
        }
        var draft = Draft(
            try select.summary(match, access: choice.access, summary), model: source.model, columns: columns,
            access: choice.access, reason: choice.reason)
        draft.ask(asking)
        let fetch = append(draft)
        change(node) { node in
            node.summary = Node.Summary(
                fetch: fetch,
                link: choice.isNumbered
                    ? match.link(request.keys, numbers: 0) : .key(request.keys, child: Array(0..<keyCount)),
                count: summary.count ? keyCount : nil, aggregates: summary.aggregates,
                firstAggregate: firstAggregate, rows: summary.rows)
        }
    }

    func keyMatch(of relation: Relation, from parent: Model, source: RowSource) -> KeyMatch {
        let carrier = source.link?.model ?? source.model
        let key = relation.through?.sourceKey ?? relation.targetKey
        return KeyMatch(
            parts: zip(key, relation.sourceKey).map { own, parents in
                KeyMatch.Part(
                    alias: source.link == nil ? RowSource.alias : RowSource.linkAlias,
                    column: carrier.properties[own].column, type: carrier.properties[own].columnType,
                    parentType: parent.properties[parents].columnType)
            })
    }

    /// The type of a polymorphic relation and the scope of its links.
    ///
    /// - Parameter linkAlias: what the link model goes by.
    func restrictions(
        of relation: Relation, _ include: Include, _ source: RowSource, linkAlias: String = RowSource.linkAlias
    ) -> [(model: Model, alias: String, condition: Condition)] {
        var restrictions: [(model: Model, alias: String, condition: Condition)] = []
        let carrier = source.link?.model ?? source.model
        let alias = source.link == nil ? RowSource.alias : linkAlias
        if let polymorphic = relation.polymorphic, let type = polymorphic.typeName {
            restrictions.append(
                (model: carrier, alias: alias, condition: carrier.condition(polymorphic.discriminator, names: type)))
        }
        if let link = source.link, let condition = include.link?.condition {
            restrictions.append((model: link.model, alias: linkAlias, condition: condition))
        }
        return restrictions
    }
}

extension Aggregate {
    /// Whether the result is one of the values.
    var isExtreme: Bool { self == .min || self == .max }

    /// The type PostgreSQL gives the function's result (documentation, "Aggregate Functions").
    func resultType(of type: ColumnType) -> ColumnType {
        switch (self, type.category) {
        case (.count, _): .int8
        case (.min, _), (.max, _): type.readType
        case (.sum, .int2), (.sum, .int4): .int8
        case (.sum, .float4): .float4
        case (.sum, .float8), (.avg, .float4), (.avg, .float8): .float8
        case (.sum, .interval), (.avg, .interval): .interval
        default: .numeric
        }
    }
}

// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

extension PlanBuilder {
    /// From so many links for each target on, rows of targets are asked for once each instead of once for each link: for
    /// heavily shared targets this was measured to take half the time and an eighth of the bytes, for others it costs a
    /// statement.
    private static let worthwhileSharing = 16.0

    /// Whether targets are so often linked that links and targets are better read apart.
    func sharesTargets(_ request: Request) -> Bool {
        guard let link = request.source.link, request.include.link?.name == nil, !planner.isDistributed,
            request.include.link?.order.isEmpty ?? true, !request.include.scope.limit.isSet,
            !request.include.scope.skip.isSet, request.include.scope.cursor == nil, request.match.isComparable,
            !(request.place.known?.isPoint ?? false), link.join.count == 1, let catalog = planner.catalog,
            let links = catalog.table(link.model.tableSchema, link.model.table)?.estimatedRows,
            let targets = catalog.table(request.source.model.tableSchema, request.source.model.table)?.estimatedRows
        else { return false }
        // Each target is found once by its key, where a join would find all that have it.
        guard schema.isUnique([link.join[0].target], of: request.source.model) else { return false }
        let linkType = link.model.properties[link.join[0].link].columnType
        // The targets' keys are handed over, so that two statements need no second round trip.
        return linkType.canBeHandedOver
            && request.source.model.properties[link.join[0].target].columnType.matches(linkType)
            && links >= max(targets, 1) * Self.worthwhileSharing
    }

    /// The targets of a many-to-many relation in two statements: the links, then each target once.
    mutating func addTwoHops(_ request: Request) throws(PlannerError) -> Node.ID {
        guard let link = request.source.link, let through = request.relation.through else {
            return try addRows(request)
        }
        let (links, linkWave) = try addLinks(request, link, through)
        let target = request.source.model
        let scope = request.include.scope
        var columns = ColumnList(showing: scope.fields, of: target)
        let childKey = request.relation.targetKey.map { columns.position(of: $0, in: target) }
        let attachments = attachments(of: scope, target, &columns)
        var match = KeyMatch(
            parts: link.join.map { pair in
                let property = target.properties[pair.target]
                return KeyMatch.Part(
                    alias: RowSource.alias, column: property.column, type: property.columnType,
                    parentType: link.model.properties[pair.link].columnType)
            })
        let choice = AccessChoice(rowsBy: match, of: target, catalog: planner.catalog)
        let targets = KeySource(fetch: links, columns: Array(through.sourceKey.count..<through.sourceKey.count + 1))
        // What is shown part by part can't begin anew when it turns out that nothing can be handed over.
        if !isInParts { match.keys = .setting(HandOver.setting(of: fetches.count)) }
        let asking = Asking(
            keys: targets, match: match, choice: choice, passing: isInParts ? .parameter : .handedOver,
            wave: isInParts ? linkWave + 1 : linkWave)
        let (fetch, _) = try append(
            SelectWriter(RowSource(target, in: schema), columns: columns, filter: scope), asking, own: childKey,
            isOrdered: true, reason: "each shared target once, ", under: request.place)
        let node = append(request.relation, target.id, fetch, under: request.place) { node in
            node.shown = columns.shown
            node.link = .twoHop(
                request.keys, source: Array(through.sourceKey.indices), targets: targets, child: childKey)
        }
        try addIncludes(
            of: scope,
            under: Place(node: node, fetch: fetch, wave: asking.wave, model: target, attachments: attachments))
        return node
    }

    /// The links: the parents' keys and the targets', in the order of the links' own key.
    private mutating func addLinks(
        _ request: Request, _ link: RowSource.Link, _ through: Relation.Through
    ) throws(PlannerError) -> (fetch: Fetch.ID, wave: Int) {
        var columns = ColumnList()
        for property in through.sourceKey + link.join.map(\.link) {
            _ = columns.position(of: property, in: link.model)
        }
        let parts = request.match.parts.map { part in
            KeyMatch.Part(
                alias: RowSource.alias, column: part.column, type: part.type, parentType: part.parentType)
        }
        let match = KeyMatch(parts: parts)
        let choice = AccessChoice(rowsBy: match, of: link.model, catalog: planner.catalog)
        let asking = asking(by: request.keys, match, of: request.relation, choice, under: request.place)
        var select = SelectWriter(RowSource(link.model, in: schema), columns: columns, filter: Filter())
        select.restrictions = restrictions(
            of: request.relation, request.include, request.source, linkAlias: RowSource.alias)
        select.isNamed = true
        let (fetch, _) = try append(
            select, asking, own: Array(through.sourceKey.indices), isOrdered: true,
            reason: "links to targets that are shared by many, ", under: request.place)
        return (fetch, asking.wave)
    }
}

// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

/// Relations of whose targets nothing but the key is asked: the key stands on this side already.
///
/// Only where a foreign key of the database says that the target exists, and nothing hides it from the reader.
extension PlanBuilder {
    /// A belongsTo of which only the key is shown.
    ///
    /// - Returns: false when more has to be known of the target.
    mutating func addKeyOnly(
        _ include: Include, _ relation: Relation, _ columns: [Int], under place: Place
    ) throws(PlannerError) -> Bool {
        // An embedded record is no row of its model's table, so what the table's foreign keys say isn't said of it.
        guard relation.kind == .belongsTo, include.probe == .always, fetches[place.fetch].local == nil,
            let target = relation.target.map({ schema[$0] }),
            let keyed = keyOnly(include.scope, of: target, by: relation.targetKey, at: columns),
            isReferenced(target, relation.targetKey, by: relation.sourceKey, of: place.model)
        else { return false }
        let node = append(relation, target.id, place.fetch, under: place) { node in
            node.shown = keyed.shown
            node.link = .joined(presence: columns)
        }
        try addIncludes(
            of: include.scope,
            under: Place(
                node: node, fetch: place.fetch, wave: place.wave, model: target, attachments: keyed.attachments))
        return true
    }

    /// Whether the links alone tell all that is asked of a many-to-many relation's targets.
    func needsLinksOnly(_ request: Request) -> Bool {
        guard let link = request.source.link, request.include.scope.order.isEmpty else { return false }
        let key = link.join.map(\.target)
        return keyOnly(request.include.scope, of: request.source.model, by: key, at: Array(key.indices)) != nil
            && isReferenced(request.source.model, key, by: link.join.map(\.link), of: link.model)
            && schema.isUnique(key, of: request.source.model)
    }

    /// The targets of a many-to-many relation by their links.
    mutating func addLinksOnly(_ request: Request) throws(PlannerError) -> Node.ID {
        guard let link = request.source.link, let through = request.relation.through else {
            return try addRows(request)
        }
        let target = request.source.model
        var columns = ColumnList()
        let childKey = through.sourceKey.map { columns.position(of: $0, in: link.model) }
        let key = link.join.map { columns.position(of: $0.link, in: link.model) }
        let shownLinks = (request.include.link?.fields ?? []).map { property in
            Node.Shown(column: columns.position(of: property, in: link.model), property: property)
        }
        var filter = Filter()
        filter.order = (request.include.link?.order ?? [])
        let terms = link.join.map { OrderTerm(Condition.Operand($0.link)) }
        filter.order += terms.filter { term in !filter.order.contains { $0.hasSameKey(as: term) } }
        (filter.limit, filter.skip) = (request.include.scope.limit, request.include.scope.skip)
        let parts = request.match.parts.map { part in
            KeyMatch.Part(alias: RowSource.alias, column: part.column, type: part.type, parentType: part.parentType)
        }
        let match = KeyMatch(parts: parts)
        let choice = AccessChoice(
            match, relation: request.relation, carrier: link.model, scope: filter, catalog: planner.catalog)
        let asking = asking(by: request.keys, match, of: request.relation, choice, under: request.place)
        var select = SelectWriter(RowSource(link.model, in: schema), columns: columns, filter: filter)
        select.restrictions = restrictions(
            of: request.relation, request.include, request.source, linkAlias: RowSource.alias)
        select.restrictions += link.join.map { pair in
            (
                model: link.model, alias: RowSource.alias,
                condition: .isNull(Condition.Operand(pair.link), negated: true)
            )
        }
        let (fetch, rowLink) = try append(
            select, asking, own: childKey, isOrdered: true, reason: "the links have the targets' keys, ",
            under: request.place)
        let keyed = keyOnly(request.include.scope, of: target, by: link.join.map(\.target), at: key)
        let node = append(request.relation, target.id, fetch, under: request.place) { node in
            node.shown = keyed?.shown ?? []
            node.link = rowLink
            if let name = request.include.link?.name {
                node.linkObject = Node.LinkObject(name: name, model: link.model.id, shown: shownLinks)
            }
        }
        try addIncludes(
            of: request.include.scope,
            under: Place(
                node: node, fetch: fetch, wave: asking.wave, model: target, attachments: keyed?.attachments ?? []))
        return node
    }

    // MARK: Parts

    /// What is shown of a target and what hangs from it, when its key is enough for all of it.
    private func keyOnly(
        _ scope: Filter, of target: Model, by key: [Property.ID], at columns: [Int]
    ) -> (shown: [Node.Shown], attachments: [Attachment])? {
        guard scope.condition == .always, scope.cursor == nil else { return nil }
        var shown: [Node.Shown] = []
        for property in ColumnList.visible(scope.fields, of: target) {
            guard let place = key.firstIndex(of: property) else { return nil }
            shown.append(Node.Shown(column: columns[place], property: property))
        }
        var attachments: [Attachment] = []
        for include in scope.include {
            let relation = target.relations[include.relation]
            let places = relation.sourceKey.compactMap { key.firstIndex(of: $0) }
            guard places.count == relation.sourceKey.count, relation.target != nil, relation.embedded == nil,
                include.deferral == nil
            else {
                return nil
            }
            attachments.append(.keys(places.map { columns[$0] }, discriminator: nil))
        }
        return (shown, attachments)
    }

    /// Whether there is a target for each key that isn't NULL, written as the target writes its own, and readers see it.
    private func isReferenced(
        _ target: Model, _ key: [Property.ID], by foreignKey: [Property.ID], of source: Model
    ) -> Bool {
        guard let catalog = planner.catalog else { return false }
        let same = zip(key, foreignKey).allSatisfy { own, other in
            let types = (target.properties[own].columnType, source.properties[other].columnType)
            // The server may hold 1 and 1.0 or "a" and "A" equal: only the target tells then which of them it has.
            return types.0.oid == types.1.oid && types.0.equalityIsBytewise && types.1.equalityIsBytewise
                && types.1.keyForm == .value
        }
        let table = Catalog.TableName(target.tableSchema, target.table)
        return same
            && catalog.hasForeignKey(
                from: Catalog.TableName(source.tableSchema, source.table),
                columns: foreignKey.map { source.properties[$0].column }, to: table,
                columns: key.map { target.properties[$0].column })
            && catalog.table(table.schema, table.name)?.hasRowSecurity == false
    }
}

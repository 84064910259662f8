// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

extension PlanBuilder {
    /// More tables in one statement make the server's own planning dearer than a statement each.
    private static let mostJoins = 4

    /// Joins a to-one relation into the root's statement, where that costs less than a statement of its own: of one record,
    /// where no two parents can share the target (1:1), and where the first rows are ordered by it anyway. Other targets
    /// that are shared would come once for each parent.
    ///
    /// - Returns: nil when it can't or shouldn't be.
    func join(
        _ include: Include, _ relation: Relation, _ rows: RowPlace, _ columns: inout ColumnList,
        _ source: inout RowSource
    ) -> Joined? {
        guard include.scope.cursor == nil, include.probe == .always else { return nil }
        let known = source.joined(relation.id, of: rows.alias, include.scope.condition)
        let isWorthwhile =
            rows.isPoint
            || rows.alias == RowSource.alias && (relation.kind == .hasOne || known != nil && rows.isLimited)
        guard isWorthwhile,
            let joined = known ?? joinable(relation, rows.model, rows.alias, include.scope.condition, source)
        else { return nil }
        if known == nil { source.joins.append(joined) }
        let (target, alias) = (joined.model, joined.alias)
        let shown = columns.show(include.scope.fields, of: target, alias: alias)
        let presence = relation.targetKey.map { columns.position(of: $0, in: target, alias: alias) }
        let attachments = attachments(
            of: include.scope, RowPlace(target, alias: alias, isPoint: rows.isPoint, mayJoin: rows.isPoint),
            &columns, &source)
        return Joined(model: target, presence: presence, shown: shown, attachments: attachments)
    }

    /// Joins in what the root's rows are ordered by: properties of to-one relations (B2). The server looks up the related
    /// row of each row otherwise, one by one.
    func joinOrder(of filter: Filter, _ model: Model, to source: inout RowSource) {
        guard !filter.distinct else { return }
        for related in filter.order.compactMap(\.related) where related.aggregate == nil {
            var (model, alias, way) = (model, RowSource.alias, source)
            var isWhole = true
            for step in related.path where isWhole {
                let relation = model.relations[step.relation]
                let known = way.joined(relation.id, of: alias, step.scope)
                guard let joined = known ?? joinable(relation, model, alias, step.scope, way) else {
                    isWhole = false
                    continue
                }
                if known == nil { way.joins.append(joined) }
                (model, alias) = (joined.model, joined.alias)
            }
            if isWhole { source = way }
        }
    }

    /// A to-one relation of rows that go by an alias, if it can be joined to them without making more of them.
    private func joinable(
        _ relation: Relation, _ model: Model, _ alias: String, _ condition: Condition, _ source: RowSource
    ) -> RowSource.Joined? {
        guard let target = relation.target.map({ schema[$0] }), !relation.isToMany, relation.embedded == nil,
            relation.polymorphic == nil, source.joins.count < Self.mostJoins, !planner.isDistributed,
            planner.catalog != nil, schema.isSingle(relation)
        else { return nil }
        let pairs = zip(relation.targetKey, relation.sourceKey).map { own, other in
            (own: target.properties[own], other: model.properties[other])
        }
        guard pairs.allSatisfy({ $0.own.columnType.isComparable(to: $0.other.columnType) }) else { return nil }
        return RowSource.Joined(
            relation: relation.id, model: target, alias: "j\(source.joins.count + 1)",
            on: pairs, otherAlias: alias, condition: condition)
    }

    mutating func addJoined(
        _ joined: Joined, _ include: Include, _ relation: Relation, under place: Place
    ) throws(PlannerError) {
        let node = append(relation, joined.model.id, place.fetch, under: place) { node in
            node.shown = joined.shown
            node.link = .joined(presence: joined.presence)
        }
        try addIncludes(
            of: include.scope,
            under: Place(
                node: node, fetch: place.fetch, wave: place.wave, model: joined.model,
                attachments: joined.attachments))
    }
}

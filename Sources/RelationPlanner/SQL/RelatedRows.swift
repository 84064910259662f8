// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

/// The rows of a relation as seen from one row of its source: the FROM and WHERE of a correlated sub-select.
struct RelatedRows {
    let schema: Schema
    let relation: Relation
    let source: Model
    let sourceAlias: String
    /// Restrictions of the relation's scope and the target's default scope, merged when the filter was resolved.
    let scope: Condition
    let linkScope: Condition
    /// The order in which the first row is the one that a to-one relation shows.
    let order: [OrderTerm]
    /// Whether a row counts as often as its key stands in a list, as it does when it is included.
    var isRepeated = false

    /// Appends ` FROM … WHERE …` and gives the writer of conditions on its rows.
    ///
    /// - Parameters:
    ///   - condition: what is going to be asked of the rows.
    ///   - shown: and the properties they are going to be asked for.
    /// - Throws: ``PlannerError`` `UNSUPPORTED` for relations whose targets are not rows of one table, and for embedded
    ///   records that only this library could read.
    func append(
        for condition: Condition = .always, shown: [Condition.Operand] = [], to sql: inout SQLText
    ) throws(PlannerError) -> ConditionWriter {
        guard let id = relation.target else {
            throw PlannerError(
                .unsupported,
                "Relation \"\(relation.name)\" of \(source.name) leads to no single table, so rows can't be filtered or ordered by it.",
                model: source.name, relation: relation.name)
        }
        let target = schema[id]
        let alias = sql.newAlias()
        sql.append(" FROM ")
        if let embedded = relation.embedded {
            let records = EmbeddedRecords(
                source: source, sourceAlias: sourceAlias, relation: relation, property: source.properties[embedded],
                target: target)
            var used = try condition.embeddedProperties(of: target).union(scope.embeddedProperties(of: target))
            for operand in shown where operand.path.isEmpty { used.insert(operand.property) }
            try records.append(used, alias: alias, to: &sql)
            let writer = ConditionWriter(schema: schema, model: target, alias: alias, item: records.item)
            try append(scope, writer, to: &sql)
            return writer
        }
        sql.append(table: target, alias: alias)
        if let through = relation.through {
            let link = schema[through.model]
            let linkAlias = sql.newAlias()
            sql.append(" JOIN ")
            sql.append(table: link, alias: linkAlias)
            sql.append(" ON ")
            append(
                equal: relation.targetKey, of: target, alias, to: through.targetKey, of: link, linkAlias, in: &sql)
            sql.append(" WHERE ")
            append(
                equal: through.sourceKey, of: link, linkAlias, to: relation.sourceKey, of: source, sourceAlias,
                in: &sql)
            try appendType(of: link, alias: linkAlias, to: &sql)
            try append(linkScope, ConditionWriter(schema: schema, model: link, alias: linkAlias), to: &sql)
        } else if relation.kind == .referencesMany {
            let keys = ReferenceKeys(
                property: source.properties[relation.sourceKey[0]], key: target.properties[relation.targetKey[0]])
            if isRepeated {
                keys.appendJoin(list: sourceAlias, target: alias, to: &sql)
            } else {
                sql.append(" WHERE ")
                keys.appendMatch(list: sourceAlias, target: alias, to: &sql)
            }
        } else {
            sql.append(" WHERE ")
            append(
                equal: relation.targetKey, of: target, alias, to: relation.sourceKey, of: source, sourceAlias,
                in: &sql)
            try appendType(of: target, alias: alias, to: &sql)
        }
        let writer = ConditionWriter(schema: schema, model: target, alias: alias)
        try append(scope, writer, to: &sql)
        return writer
    }

    private func append(
        equal key: [Property.ID], of model: Model, _ alias: String, to otherKey: [Property.ID], of other: Model,
        _ otherAlias: String, in sql: inout SQLText
    ) {
        let pairs = zip(key, otherKey).map { (own: model.properties[$0], other: other.properties[$1]) }
        sql.append(equal: pairs, of: model, alias, with: other, otherAlias, in: schema)
    }

    /// The discriminator of a polymorphic relation, on the model that carries it.
    func appendType(of carrier: Model, alias: String, to sql: inout SQLText) throws(PlannerError) {
        guard let polymorphic = relation.polymorphic, let type = polymorphic.typeName else { return }
        sql.append(" AND ")
        try ConditionWriter(schema: schema, model: carrier, alias: alias)
            .write(carrier.condition(polymorphic.discriminator, names: type), to: &sql)
    }

    func append(
        _ condition: Condition, _ writer: ConditionWriter, to sql: inout SQLText
    ) throws(PlannerError) {
        guard condition != .always else { return }
        sql.append(" AND ")
        try writer.write(condition, to: &sql)
    }

    /// Appends what makes the first of several candidates of a to-one relation the only one (D20).
    func appendChoice(of target: ConditionWriter, to sql: inout SQLText) throws(PlannerError) {
        guard relation.embedded == nil, relation.kind == .hasOne || !schema.isSingle(relation, isCorrelated: true)
        else { return }
        let terms = OrderTerm.deciding(order, for: target.model, in: schema)
        if !terms.isEmpty {
            sql.append(" ORDER BY ")
            try OrderWriter(schema: schema, model: target.model, alias: target.alias).write(terms, to: &sql)
        }
        sql.append(" LIMIT 1")
    }
}

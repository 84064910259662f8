// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

/// The rows a statement reads: one model's table, or a link model's joined with its targets; and to-one relations joined in.
struct RowSource {
    let schema: Schema
    /// The model whose records these are; its table goes by `t`.
    let model: Model
    /// The link model of a many-to-many relation; its table goes by `l`.
    let link: Link?
    /// To-one relations whose record comes in the same row.
    var joins: [Joined] = []

    struct Link {
        let model: Model
        /// Pairs of a link property and the target property it points at.
        let join: [(link: Property.ID, target: Property.ID)]
    }

    /// The target of a to-one relation, joined in.
    struct Joined {
        /// The relation, of the model that goes by ``otherAlias``.
        let relation: Relation.ID
        let model: Model
        let alias: String
        /// Its columns, and those they equal.
        let on: [(own: Property, other: Property)]
        /// The alias of these.
        let otherAlias: String
        let condition: Condition
    }

    static let alias = Fetch.Column.ownAlias
    static let linkAlias = "l"

    /// A model's own rows.
    init(_ model: Model, in schema: Schema) {
        self.schema = schema
        self.model = model
        link = nil
    }

    /// The targets of a relation.
    init(targetsOf relation: Relation, _ target: Model, in schema: Schema) {
        self.schema = schema
        model = target
        link = relation.through.map { through in
            Link(
                model: schema[through.model],
                join: zip(through.targetKey, relation.targetKey).map { (link: $0, target: $1) })
        }
    }

    /// What is joined in for a relation of the rows that go by an alias, under the same condition.
    func joined(_ relation: Relation.ID, of alias: String, _ condition: Condition) -> Joined? {
        joins.first { $0.relation == relation && $0.otherAlias == alias && $0.condition == condition }
    }

    /// Appends the table, or the two joined, without what is joined in.
    func appendRows(to sql: inout SQLText) {
        guard let link else { return sql.append(table: model, alias: Self.alias) }
        sql.append(table: link.model, alias: Self.linkAlias)
        sql.append(" JOIN ")
        sql.append(table: model, alias: Self.alias)
        sql.append(" ON ")
        let pairs = link.join.map { (own: model.properties[$0.target], other: link.model.properties[$0.link]) }
        sql.append(equal: pairs, of: model, Self.alias, with: link.model, Self.linkAlias, in: schema)
    }

    /// Appends the rows with what is joined in.
    func append(to sql: inout SQLText) throws(PlannerError) {
        appendRows(to: &sql)
        for joined in joins {
            sql.append(" LEFT JOIN ")
            sql.append(table: joined.model, alias: joined.alias)
            sql.append(" ON ")
            var isFirst = true
            for pair in joined.on {
                sql.append(separator: " AND ", isFirst: &isFirst)
                sql.append(
                    equal: (pair.own.columnType, joined.alias + "." + quoted(pair.own.column)),
                    to: (pair.other.columnType, joined.otherAlias + "." + quoted(pair.other.column)))
            }
            guard joined.condition != .always else { continue }
            sql.append(" AND ")
            try ConditionWriter(schema: schema, model: joined.model, alias: joined.alias)
                .write(joined.condition, to: &sql)
        }
    }
}

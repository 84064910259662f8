// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

/// Writes what becomes of a list of embedded records: expressions over the row's own column, so that no change that came
/// meanwhile is lost.
struct ItemList {
    let schema: Schema
    let model: Model
    private let stored: StoredJSON

    init(_ property: Property, of model: Model, in schema: Schema) {
        self.schema = schema
        self.model = model
        stored = StoredJSON(property, of: RowSource.alias)
    }

    private var list: String { "coalesce(nullif(\(stored.reading), 'null'), '[]')" }

    /// Appends the list with records behind the others.
    func write(appending items: BoundValue, key: String?, isFirst: Bool, to sql: inout SQLText) {
        let new = sql.reference(to: items)
        var added = new
        if let key {
            let name = sql.reference(to: BoundValue(.text, .text(key)))
            let top =
                "SELECT coalesce(max(CASE WHEN jsonb_typeof(x.e -> \(name)) = 'number' THEN (x.e ->> \(name))::numeric END), 0) FROM jsonb_array_elements(\(list) || \(new)) AS x(e)"
            added =
                "(SELECT coalesce(jsonb_agg(CASE WHEN jsonb_typeof(n.e -> \(name)) <> 'null' THEN n.e ELSE n.e || jsonb_build_object(\(name), (\(top)) + n.m) END ORDER BY n.o), '[]') FROM (SELECT y.e, y.o, count(*) FILTER (WHERE (jsonb_typeof(y.e -> \(name)) <> 'null') IS NOT TRUE) OVER (ORDER BY y.o) AS m FROM jsonb_array_elements(\(new)) WITH ORDINALITY AS y(e, o)) AS n)"
        }
        sql.append(stored.storing(isFirst ? "\(added) || \(list)" : "\(list) || \(added)"))
    }

    /// Appends the list with members of some records changed.
    func write(
        changing match: ItemMatch, to changes: BoundValue, in sql: inout SQLText
    ) throws(PlannerError) {
        let test = try test(match, &sql)
        sql.append(
            stored.storing(
                "(SELECT coalesce(jsonb_agg(CASE WHEN \(test) THEN x.e || \(sql.reference(to: changes)) ELSE x.e END ORDER BY x.o), '[]') FROM jsonb_array_elements(\(list)) WITH ORDINALITY AS x(e, o))"
            ))
    }

    /// Appends the list with another one in the place of some records, which keep their key.
    func write(
        replacing match: ItemMatch, by item: BoundValue, key: String?, in sql: inout SQLText
    ) throws(PlannerError) {
        let test = try test(match, &sql)
        var new = sql.reference(to: item)
        if let key {
            let name = sql.reference(to: BoundValue(.text, .text(key)))
            new += " || jsonb_build_object(\(name), x.e -> \(name))"
        }
        sql.append(
            stored.storing(
                "(SELECT coalesce(jsonb_agg(CASE WHEN \(test) THEN \(new) ELSE x.e END ORDER BY x.o), '[]') FROM jsonb_array_elements(\(list)) WITH ORDINALITY AS x(e, o))"
            ))
    }

    /// Appends the list without some records.
    func write(without match: ItemMatch, to sql: inout SQLText) throws(PlannerError) {
        let test = try test(match, &sql)
        sql.append(
            stored.storing(
                "(SELECT coalesce(jsonb_agg(x.e ORDER BY x.o), '[]') FROM jsonb_array_elements(\(list)) WITH ORDINALITY AS x(e, o) WHERE (\(test)) IS NOT TRUE)"
            ))
    }

    /// Appends how many records there are.
    func write(countOf match: ItemMatch, to sql: inout SQLText) throws(PlannerError) {
        let test = try test(match, &sql)
        sql.append("(SELECT count(*) FROM jsonb_array_elements(\(list)) AS x(e) WHERE \(test))")
    }

    /// What is true of a record `x.e` that is meant.
    private func test(_ match: ItemMatch, _ sql: inout SQLText) throws(PlannerError) -> String {
        switch match {
        case .all: return "TRUE"
        case .keyed(let name, let texts):
            let name = sql.reference(to: BoundValue(.text, .text(name)))
            let keys = sql.reference(to: texts)
            return "x.e ->> \(name) = ANY(\(keys))"
        case .condition(let condition, let id):
            let relation = model.relations[id]
            guard let target = relation.target.map({ schema[$0] }), let property = relation.embedded else {
                return "FALSE"
            }
            let records = EmbeddedRecords(
                source: model, sourceAlias: RowSource.alias, relation: relation,
                property: model.properties[property], target: target)
            var piece = sql.piece()
            let alias = piece.newAlias()
            piece.append("EXISTS (SELECT FROM ")
            try records.append(
                try condition.embeddedProperties(of: target), alias: alias, value: "x.e", to: &piece)
            piece.append(" AND ")
            try ConditionWriter(schema: schema, model: target, alias: alias, item: records.item)
                .write(condition, to: &piece)
            piece.append(")")
            sql.adopt(piece)
            return piece.text
        }
    }
}

// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

/// Writes what becomes of a value that is there, as an expression over the row's own column: where the row was changed meanwhile
/// the server evaluates it again on what it has become.
struct ComputationWriter {
    let property: Property
    let model: Model
    let schema: Schema

    /// Appends the new value.
    func write(_ computation: ChangeValue.Computation, to sql: inout SQLText) throws(PlannerError) {
        let column = RowSource.alias + "." + quoted(property.column)
        switch computation {
        case .sum(let value):
            sql.append("coalesce(\(column), 0) + ")
            sql.append(value: value)
        case .appended(let value) where property.columnType.element != nil:
            sql.append("coalesce(\(column), '{}') || ")
            sql.append(value: value)
        case .without(let value) where property.columnType.element != nil:
            sql.append("array_remove(\(column), ")
            sql.append(value: value)
            sql.append(")")
        case .keysAppended(let part, let type, let key):
            KeyList(property, of: RowSource.alias).write(appending: part, type, key, to: &sql)
        case .keysSet(let part, let type, let key, let order):
            KeyList(property, of: RowSource.alias).write(setting: part, type, key, order, to: &sql)
        case .keysWithout(let part, let type, let key):
            KeyList(property, of: RowSource.alias).write(without: part, type, key, to: &sql)
        case .keysWithoutValue(let key):
            KeyList(property, of: RowSource.alias).write(without: key, to: &sql)
        case .itemsAppended(let items, let key, let isFirst):
            ItemList(property, of: model, in: schema).write(appending: items, key: key, isFirst: isFirst, to: &sql)
        case .itemsChanged(let match, let changes):
            try ItemList(property, of: model, in: schema).write(changing: match, to: changes, in: &sql)
        case .itemsReplaced(let match, let item, let key):
            try ItemList(property, of: model, in: schema).write(replacing: match, by: item, key: key, in: &sql)
        case .itemsWithout(let match):
            try ItemList(property, of: model, in: schema).write(without: match, to: &sql)
        default:
            let stored = StoredJSON(property, of: RowSource.alias)
            let text = json(computation, of: stored.reading, &sql)
            sql.append(stored.storing(text))
        }
    }

    /// What becomes of JSON, of which there may be none.
    private func json(_ computation: ChangeValue.Computation, of json: String, _ sql: inout SQLText) -> String {
        switch computation {
        case .sum, .keysAppended, .keysSet, .keysWithout, .keysWithoutValue, .itemsAppended, .itemsChanged,
            .itemsReplaced, .itemsWithout:
            return json
        case .merged(let value): return "coalesce(\(json), '{}') || \(sql.reference(to: value))"
        case .appended(let value):
            // What is no list is an error (22023), not made one.
            let list = "coalesce(nullif(\(json), 'null'), '[]')"
            return
                "CASE WHEN jsonb_array_length(\(list)) >= 0 THEN \(list) || jsonb_build_array(\(sql.reference(to: value))) END"
        case .without(let value):
            return
                "(SELECT coalesce(jsonb_agg(x.e ORDER BY x.o), '[]') FROM jsonb_array_elements(coalesce(nullif(\(json), 'null'), '[]')) WITH ORDINALITY AS x(e, o) WHERE x.e IS DISTINCT FROM \(sql.reference(to: value)))"
        case .json(let path, let value?):
            return set(path, to: sql.reference(to: value), in: "coalesce(\(json), '{}')", &sql)
        case .json(let path, nil): return "\(json) #- \(sql.reference(to: Self.path(path)))"
        case .several(let computations):
            // Each is worked out once, and named for the next: written out again the text would grow by the power of their number.
            return computations.dropFirst().reduce(self.json(computations[0], of: json, &sql)) { text, computation in
                let alias = sql.newAlias()
                return
                    "(SELECT \(self.json(computation, of: "\(alias).v", &sql)) FROM (SELECT \(text) AS v OFFSET 0) AS \(alias))"
            }
        }
    }

    /// Sets a value at a path; objects are made where there are none on the way.
    private func set(_ path: [String], to value: String, in json: String, _ sql: inout SQLText) -> String {
        guard path.count > 1, let first = path.first else {
            return "jsonb_set(\(json), \(sql.reference(to: Self.path(path))), \(value))"
        }
        let alias = sql.newAlias()
        let key = sql.reference(to: Self.path([first]))
        let inner =
            "CASE WHEN jsonb_typeof(\(alias).v #> \(key)) IN ('object', 'array') THEN \(alias).v #> \(key) ELSE '{}' END"
        let changed = set(Array(path.dropFirst()), to: value, in: inner, &sql)
        return "(SELECT jsonb_set(\(alias).v, \(key), \(changed)) FROM (SELECT \(json) AS v OFFSET 0) AS \(alias))"
    }

    private static func path(_ keys: [String]) -> BoundValue {
        BoundValue(ColumnType.text.array, .array(keys.map { .text($0) }))
    }
}

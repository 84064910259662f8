// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

/// Writes the values of a change, and which rows of one table it is about.
struct ChangeValueWriter {
    let schema: Schema
    let model: Model

    /// The rows of lists.
    static let alias = "v"
    /// Their places.
    static let place = "v.\"place\""

    /// The values of one of them.
    static func column(of list: Int) -> String { "\(alias).\(quoted("c\(list + 1)"))" }

    // MARK: Lists

    /// Appends `unnest($1, $2, …) WITH ORDINALITY AS v("c1", "c2", …, "place")`: one text for any number of rows.
    ///
    /// An array of arrays is flattened by the server: lists of lists go as one list of all elements, with the first and the last
    /// place of each.
    func write(_ lists: [ValueList], to sql: inout SQLText) {
        sql.append("unnest(")
        var isFirst = true
        var names: [String] = []
        for (position, list) in lists.enumerated() {
            sql.append(separator: ", ", isFirst: &isFirst)
            let slots = list.slots
            sql.append(parameter: slots[0])
            if !list.isOfLists {
                names.append(quoted("c\(position + 1)"))
            } else {
                sql.append(", ")
                sql.append(parameter: slots[1])
                names += [quoted("c\(position + 1)"), quoted("e\(position + 1)")]
            }
        }
        sql.append(") WITH ORDINALITY AS v(\((names + ["\"place\""]).joined(separator: ", ")))")
    }

    func writeElement(_ position: Int, of lists: [ValueList], to sql: inout SQLText) {
        let name = "v." + quoted("c\(position + 1)")
        guard lists.indices.contains(position) else { return sql.append(name) }
        let list = lists[position]
        guard list.isOfLists else {
            let isCast = list.type.wireType != list.type
            return sql.append(isCast ? "\(name)::\(list.type.castName)" : name)
        }
        sql.append("CASE WHEN \(name) IS NOT NULL THEN (")
        sql.append(parameter: list.slots[2])
        sql.append(")[\(name):v.\(quoted("e\(position + 1)"))]")
        if list.type.wireType != list.type { sql.append("::\(list.type.castName)") }
        sql.append(" END")
    }

    // MARK: Values

    /// Appends a value.
    func write(
        _ value: ChangeValue, of property: Property.ID, lists: [ValueList], to sql: inout SQLText
    ) throws(PlannerError) {
        switch value {
        case .value(let value): sql.append(value: value)
        case .list(let position): writeElement(position, of: lists, to: &sql)
        case .listOrDefault(let position, let given):
            sql.append("CASE WHEN v.\(quoted("c\(given + 1)")) THEN ")
            writeElement(position, of: lists, to: &sql)
            sql.append(" ELSE \(DefaultExpression(model.properties[property], of: model, in: schema).text) END")
        case .byDefault: sql.append("DEFAULT")
        case .now:
            let type = model.properties[property].columnType
            let isZoned = type.category == .timestamptz
            sql.append(isZoned ? "now()" : "(now() AT TIME ZONE 'UTC')::\(type.castName)")
        case .expression(let text): sql.append("(\(text))::\(model.properties[property].columnType.castName)")
        case .part(let part, let source, let from):
            let (own, other) = (schema[source].properties[from].columnType, model.properties[property].columnType)
            if own != other { try schema.requireCopying(schema[source], from, into: model, property) }
            sql.append(column: ChangePart.column(of: from), of: quoted(part))
            // As where copies are kept right, and everywhere alike.
            if own.copying(to: other) == .cast { sql.append("::\(other.castName)") }
        case .copied(let copied):
            try CopyWriter(schema: schema, model: model).write(copied, of: property, lists, to: &sql)
        case .computed(let computation):
            try ComputationWriter(property: model.properties[property], model: model, schema: schema)
                .write(computation, to: &sql)
        }
    }

    /// Appends ` SET "a" = …, "b" = …`.
    func writeAssignments(_ cells: [Insert.Cell], lists: [ValueList], to sql: inout SQLText) throws(PlannerError) {
        sql.append(" SET ")
        var isFirst = true
        for cell in cells {
            sql.append(separator: ", ", isFirst: &isFirst)
            sql.append(identifier: model.properties[cell.property].column)
            sql.append(" = ")
            try write(cell.value, of: cell.property, lists: lists, to: &sql)
        }
    }

    /// Whether the database always makes the property's value, unless it is overruled.
    func isIdentity(_ property: Property.ID) -> Bool {
        let column = model.properties[property].column
        return schema.catalog?.table(model.tableSchema, model.table)?.columns[column]?.filling == .identityAlways
    }

    // MARK: Rows

    /// Appends the tables that rows are matched with: earlier parts whose values are looked at, and lists.
    func write(
        sources match: RowMatch, parts: [String], keyword: String, to sql: inout SQLText
    ) throws(PlannerError) {
        var names = parts
        for name in match.keys.parts + match.joined.map(\.part) where !names.contains(name) { names.append(name) }
        var isFirst = true
        for name in names {
            sql.append(isFirst ? keyword : ", ")
            isFirst = false
            sql.append(identifier: name)
        }
        guard !match.lists.isEmpty else { return }
        sql.append(isFirst ? keyword : ", ")
        write(match.lists, to: &sql)
    }

    /// Appends ` WHERE …`, nothing where all rows are meant.
    func write(_ match: RowMatch, to sql: inout SQLText) throws(PlannerError) {
        var isFirst = true
        func begin(_ sql: inout SQLText) {
            sql.append(isFirst ? " WHERE " : " AND ")
            isFirst = false
        }
        for key in match.keys {
            begin(&sql)
            try write(key, of: model, alias: RowSource.alias, lists: match.lists, to: &sql)
        }
        for joined in match.joined {
            begin(&sql)
            write(joined, lists: match.lists, to: &sql)
        }
        if !match.except.isEmpty {
            begin(&sql)
            sql.append("NOT (")
            var isFirstKey = true
            for key in match.except {
                sql.append(separator: " AND ", isFirst: &isFirstKey)
                try write(key, of: model, alias: RowSource.alias, lists: match.lists, to: &sql)
            }
            sql.append(")")
        }
        for within in match.within {
            begin(&sql)
            let other = schema[within.model]
            sql.append(within.isNegated ? "NOT EXISTS (SELECT FROM " : "EXISTS (SELECT FROM ")
            sql.append(identifier: within.part)
            sql.append(" WHERE ")
            var isFirstPair = true
            for pair in within.pairs {
                sql.append(separator: " AND ", isFirst: &isFirstPair)
                let (own, others) = (other.properties[pair.own], model.properties[pair.other])
                sql.append(
                    equal: (own.columnType, quoted(within.part) + "." + quoted(ChangePart.column(of: own.id))),
                    to: (others.columnType, RowSource.alias + "." + quoted(others.column)))
            }
            sql.append(")")
        }
        if let counted = match.counted {
            begin(&sql)
            write(counted, to: &sql)
        }
        if let after = match.after {
            begin(&sql)
            write(after: after, to: &sql)
        }
        if let listing = match.listing {
            begin(&sql)
            sql.append(listing.isNegated ? "NOT EXISTS (SELECT FROM " : "EXISTS (SELECT FROM ")
            let list = KeyList(model.properties[listing.property], of: RowSource.alias)
            list.writeElements(to: &sql)
            sql.append(" WHERE x.e IN (SELECT ")
            list.writeKeys(of: listing.part, listing.type, listing.key, to: &sql)
            sql.append("))")
        }
        if let items = match.items {
            begin(&sql)
            try ItemList(model.properties[items.property], of: model, in: schema).write(countOf: items.match, to: &sql)
            sql.append(items.isNegated ? " = 0" : " > 0")
        }
        if let listed = match.listed {
            begin(&sql)
            try write(listed, lists: match.lists, to: &sql)
        }
        if let linked = match.linked {
            begin(&sql)
            try write(linked, lists: match.lists, to: &sql)
        }
        guard match.condition != .always else { return }
        begin(&sql)
        try ConditionWriter(schema: schema, model: model, alias: RowSource.alias).write(match.condition, to: &sql)
    }

    /// Appends that a part has been done, whatever came of it.
    func write(after part: String, to sql: inout SQLText) {
        sql.append("(SELECT count(*) FROM ")
        sql.append(identifier: part)
        sql.append(") >= 0")
    }

    /// Appends that a part has so many rows.
    func write(_ counted: RowMatch.Counted, to sql: inout SQLText) {
        sql.append("(SELECT count(*) FROM ")
        sql.append(identifier: counted.part)
        sql.append(") = ")
        sql.append(value: counted.count)
    }

    /// Appends that a row of an earlier part has the value at the row's place of a list.
    func write(_ joined: RowMatch.Joined, lists: [ValueList], to sql: inout SQLText) {
        let type = schema[joined.model].properties[joined.property].columnType
        let column = quoted(joined.part) + "." + quoted(ChangePart.column(of: joined.property))
        sql.append("\(type.operand(column)) \(type.written("=")) ")
        writeElement(joined.list, of: lists, to: &sql)
    }

    private func write(_ listed: RowMatch.Listed, lists: [ValueList], to sql: inout SQLText) throws(PlannerError) {
        let owner = schema[listed.model]
        sql.append("EXISTS (SELECT FROM ")
        sql.append(table: owner, alias: RowSource.linkAlias)
        sql.append(" WHERE ")
        for key in listed.keys {
            try write(key, of: owner, alias: RowSource.linkAlias, lists: lists, to: &sql)
            sql.append(" AND ")
        }
        if listed.condition != .always {
            try ConditionWriter(schema: schema, model: owner, alias: RowSource.linkAlias)
                .write(listed.condition, to: &sql)
            sql.append(" AND ")
        }
        ReferenceKeys(property: owner.properties[listed.list], key: model.properties[listed.key])
            .appendMatch(list: RowSource.linkAlias, target: RowSource.alias, to: &sql)
        sql.append(")")
    }

    private func write(_ linked: RowMatch.Linked, lists: [ValueList], to sql: inout SQLText) throws(PlannerError) {
        let link = schema[linked.model]
        sql.append("EXISTS (SELECT FROM ")
        sql.append(table: link, alias: RowSource.linkAlias)
        for part in linked.keys.parts { sql.append(", \(quoted(part))") }
        sql.append(" WHERE ")
        let pairs = linked.pairs.map { (own: link.properties[$0.own], other: model.properties[$0.other]) }
        sql.append(equal: pairs, of: link, RowSource.linkAlias, with: model, RowSource.alias, in: schema)
        for key in linked.keys {
            sql.append(" AND ")
            try write(key, of: link, alias: RowSource.linkAlias, lists: lists, to: &sql)
        }
        if linked.condition != .always {
            sql.append(" AND ")
            try ConditionWriter(schema: schema, model: link, alias: RowSource.linkAlias)
                .write(linked.condition, to: &sql)
        }
        sql.append(")")
    }

    private func write(
        _ key: RowMatch.Key, of owner: Model, alias: String, lists: [ValueList], to sql: inout SQLText
    ) throws(PlannerError) {
        let property = owner.properties[key.property]
        let own = (type: property.columnType, column: alias + "." + quoted(property.column))
        if case .part(let part, let model, let other) = key.value {
            let other = schema[model].properties[other]
            return sql.append(
                equal: own, to: (other.columnType, quoted(part) + "." + quoted(ChangePart.column(of: other.id))))
        }
        if let name = key.typeName {
            return sql.append(type: own.type.operand(own.column), of: own.type, named: name, inAnyCase: true)
        }
        if key.isOptional {
            sql.append("(")
            try write(key.value, of: key.property, lists: lists, to: &sql)
            sql.append(" IS NULL OR ")
        }
        sql.append("\(own.type.operand(own.column)) \(own.type.written("=")) ")
        try write(key.value, of: key.property, lists: lists, to: &sql)
        if key.isOptional { sql.append(")") }
    }
}

extension [Insert.Cell] {
    /// The parts that values are taken from.
    var parts: [String] { map(\.value).parts }
}

extension [RowMatch.Key] {
    /// The parts that values are taken from.
    fileprivate var parts: [String] { map(\.value).parts }
}

extension [ChangeValue] {
    /// The parts that they are taken from, each once.
    fileprivate var parts: [String] {
        var names: [String] = []
        for value in self {
            for name in value.parts where !names.contains(name) { names.append(name) }
        }
        return names
    }
}

extension ChangeValue {
    /// The parts that it is taken from.
    fileprivate var parts: [String] {
        switch self {
        case .part(let name, _, _): [name]
        case .copied(let copied):
            (copied.key.compactMap(\.value) + [copied.type?.value, copied.otherwise].compactMap(\.self)).parts
        default: []
        }
    }
}

// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

/// Writes what is copied of rows that others refer to.
struct CopyWriter {
    let schema: Schema
    /// The model that has the copies.
    let model: Model

    private static let alias = "s"

    // MARK: Taking

    /// Appends the value of the row that is referred to, which is held from then on: its newest one, for whoever waits for a row sees
    /// what has become of it. Where there is no such row another value, or the one there is.
    func write(
        _ copied: ChangeValue.Copied, of property: Property.ID, _ lists: [ValueList], to sql: inout SQLText
    ) throws(PlannerError) {
        let source = schema[copied.source]
        sql.append("CASE WHEN ")
        if let part = copied.part {
            for key in copied.key {
                try write(key.value, of: key.holder, lists, to: &sql)
                sql.append(" IS NOT NULL AND ")
            }
            let (own, other) = (model.properties[property], source.properties[copied.property])
            let column = quoted(part) + "." + quoted(ChangePart.column(of: other.id))
            let isSame = own.columnType == other.columnType
            sql.append("true THEN \(isSame ? column : "\(column)::\(own.columnType.castName)") ELSE ")
            try write(copied.otherwise, of: property, lists, to: &sql)
            return sql.append(" END")
        }
        if let type = copied.type {
            let own = model.properties[type.holder]
            var value = sql.piece()
            try write(type.value, of: type.holder, lists, to: &value)
            sql.adopt(value)
            sql.append(type: value.text, of: own.columnType, named: type.name, inAnyCase: type.folds)
            sql.append(" AND ")
        }
        sql.append("EXISTS (SELECT FROM ")
        try writeRow(copied, source, lists, to: &sql)
        sql.append(") THEN (SELECT ")
        sql.append(value(of: source.properties[copied.property], for: model.properties[property]))
        sql.append(" FROM ")
        try writeRow(copied, source, lists, to: &sql)
        // What is referred to should be one; where nothing keeps it so the first is taken.
        if !Set(source.primaryKey).isSubset(of: copied.key.map(\.source)) { sql.append(" LIMIT 1") }
        sql.append(" \(RowLock.share.rawValue) OF \(Self.alias)) ELSE ")
        try write(copied.otherwise, of: property, lists, to: &sql)
        sql.append(" END")
    }

    private func writeRow(
        _ copied: ChangeValue.Copied, _ source: Model, _ lists: [ValueList], to sql: inout SQLText
    ) throws(PlannerError) {
        sql.append(table: source, alias: Self.alias)
        sql.append(" WHERE ")
        var isFirst = true
        for part in copied.key {
            sql.append(separator: " AND ", isFirst: &isFirst)
            let (own, other) = (model.properties[part.holder], source.properties[part.source])
            var value = sql.piece()
            try write(part.value, of: part.holder, lists, to: &value)
            sql.adopt(value)
            sql.append(
                equal: (other.columnType, Self.alias + "." + quoted(other.column)), to: (own.columnType, value.text))
        }
    }

    private func write(
        _ value: ChangeValue?, of property: Property.ID, _ lists: [ValueList], to sql: inout SQLText
    ) throws(PlannerError) {
        let own = model.properties[property]
        switch value {
        case nil: sql.append(column: own.column, of: RowSource.alias)
        case .byDefault?: sql.append(DefaultExpression(own, of: model, in: schema).text)
        case let value?:
            // A parameter by itself has no type where nothing is said of it.
            sql.append("(")
            try ChangeValueWriter(schema: schema, model: model).write(value, of: property, lists: lists, to: &sql)
            sql.append(")::\(own.columnType.castName)")
        }
    }

    /// A column of the source as the holder's type has it.
    private func value(of property: Property, for own: Property) -> String {
        let column = Self.alias + "." + quoted(property.column)
        return property.columnType == own.columnType ? column : "\(column)::\(own.columnType.castName)"
    }

    // MARK: Making right

    /// Appends the statement that makes copies right of rows whose keys are in settings, leaves the keys of the rows that it
    /// changed to others, and clears its own: they would stay till the transaction ends.
    func write(_ refresh: CopyRefresh, giving others: [CopyRefresh], to sql: inout SQLText) throws(PlannerError) {
        let group = refresh.group
        let source = schema[group.source]
        sql.append("WITH \(quoted(CopyRefresh.part)) AS (")
        sql.append("UPDATE ")
        sql.append(table: model, alias: RowSource.alias)
        sql.append(" SET ")
        var isFirst = true
        for copy in group.copies {
            sql.append(separator: ", ", isFirst: &isFirst)
            let own = model.properties[copy.holder]
            sql.append("\(quoted(own.column)) = \(value(of: source.properties[copy.source], for: own))")
        }
        if let version = model.version {
            let column = quoted(version.column)
            sql.append(", \(column) = coalesce(t.\(column), 0) + 1")
        }
        sql.append(" FROM unnest(")
        isFirst = true
        for (part, pair) in group.key.enumerated() {
            sql.append(separator: ", ", isFirst: &isFirst)
            let type = source.properties[pair.source].columnType
            sql.append("(SELECT pg_catalog.current_setting('\(refresh.setting(part: part))'))::\(type.array.castName)")
        }
        let names = group.key.indices.map { "\"k\($0 + 1)\"" }
        sql.append(") AS k(\(names.joined(separator: ", "))), ")
        sql.append(table: source, alias: Self.alias)
        sql.append(" WHERE ")
        isFirst = true
        for (name, pair) in zip(names, group.key) {
            sql.append(separator: " AND ", isFirst: &isFirst)
            let (own, other) = (model.properties[pair.holder], source.properties[pair.source])
            let column = Self.alias + "." + quoted(other.column)
            sql.append(equal: (other.columnType, column), to: (other.columnType, "k.\(name)"))
            sql.append(" AND ")
            sql.append(
                equal: (own.columnType, RowSource.alias + "." + quoted(own.column)), to: (other.columnType, column))
        }
        // Nothing of one tenant's is copied to another's row that refers to it for whatever reason.
        if let own = model.tenant, let other = source.tenant {
            sql.append(" AND ")
            sql.append(
                equal: (own.columnType, RowSource.alias + "." + quoted(own.column)),
                to: (other.columnType, Self.alias + "." + quoted(other.column)))
        }
        if let type = group.type {
            let own = model.properties[type]
            sql.append(" AND ")
            sql.append(
                type: own.columnType.operand(RowSource.alias + "." + quoted(own.column)), of: own.columnType,
                named: group.typeName ?? "", inAnyCase: group.foldsType)
        }
        sql.append(" AND (")
        isFirst = true
        for copy in group.copies {
            sql.append(separator: " OR ", isFirst: &isFirst)
            let own = model.properties[copy.holder]
            let (old, new) = (
                RowSource.alias + "." + quoted(own.column), value(of: source.properties[copy.source], for: own)
            )
            let isComparable = own.columnType.isComparable(to: own.columnType)
            sql.append(
                isComparable
                    ? "\(old) IS DISTINCT FROM \(new)"
                    : "\(own.columnType.text(old)) IS DISTINCT FROM \(own.columnType.text(new))")
        }
        sql.append(")")
        sql.append(" RETURNING ")
        isFirst = true
        var seen: [Property.ID] = []
        for property in others.flatMap({ $0.group.key.map(\.source) }) where !seen.contains(property) {
            seen.append(property)
            sql.append(separator: ", ", isFirst: &isFirst)
            sql.append(column: model.properties[property].column, of: RowSource.alias)
            sql.append(" AS \(quoted(ChangePart.column(of: property)))")
        }
        if seen.isEmpty { sql.append("1") }
        sql.append(") SELECT ")
        for other in others {
            Self.write(handingOver: other, from: [CopyRefresh.part], to: &sql)
            sql.append(", ")
        }
        let cleared = group.key.indices.map { "pg_catalog.set_config('\(refresh.setting(part: $0))', '{}', true)" }
        // The rows are counted first, when all of them are changed.
        sql.append(cleared.joined(separator: ", "))
        sql.append(" FROM (SELECT count(*) FROM \(quoted(CopyRefresh.part))) AS n")
    }

    /// Appends what leaves keys of changed rows in settings, each once.
    static func write(handingOver refresh: CopyRefresh, from parts: [String], to sql: inout SQLText) {
        let columns = refresh.group.key.map { quoted(ChangePart.column(of: $0.source)) }
        let rows = parts.map { part in
            let present = columns.map { "\($0) IS NOT NULL" }.joined(separator: " AND ")
            return "SELECT \(columns.joined(separator: ", ")) FROM \(quoted(part)) WHERE \(present)"
        }
        let settings = columns.enumerated().map { part, column in
            "pg_catalog.set_config('\(refresh.setting(part: part))', coalesce(array_agg(d.\(column))::text, '{}'), true)"
        }
        sql.append("(SELECT \(settings.joined(separator: " || ")) FROM (")
        // UNION leaves each key once; of one part alone that has to be said.
        sql.append(
            parts.count == 1 ? rows[0].replacingFirst("SELECT ", "SELECT DISTINCT ") : rows.joined(separator: " UNION ")
        )
        sql.append(") AS d)")
    }
}

extension SQLText {
    /// Appends that an expression of a column's type is the name of a model.
    mutating func append(type expression: String, of type: ColumnType, named name: String, inAnyCase folds: Bool) {
        guard folds else {
            append("\(expression) = ")
            return append(value: BoundValue(type, .text(name)))
        }
        append("lower((\(expression))::text COLLATE \"C\") = lower(")
        append(value: BoundValue(.text, .text(name)))
        append("::text COLLATE \"C\")")
    }
}

extension String {
    /// The text with another beginning.
    fileprivate func replacingFirst(_ prefix: String, _ other: String) -> String {
        hasPrefix(prefix) ? other + dropFirst(prefix.count) : self
    }
}

// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

extension Discovery {
    mutating func makeProperties(of draft: Int) {
        let table = drafts[draft].table
        for column in table.columns {
            let word = Inflection.camelCase(column.name)
            let name = Self.free(word.isEmpty ? "column" : word, beside: drafts[draft].taken)
            drafts[draft].taken.insert(name)
            drafts[draft].names[column.name] = name
            drafts[draft].model.properties.append(.init(name, definition(of: column, in: table)))
            // A migration makes the check anew of the values, where it would.
            let type = ColumnType(named: column.type)
            if type.isText || type.isNumeric, let check = allowed(column, in: table)?.check {
                drafts[draft].saidChecks.insert(check.name)
            }
            if case .expression(let text) = column.filling, Self.isSequence(text) {
                lose(.sequence, draft, column.name, text)
            }
        }
    }

    private func definition(of column: TableCatalog.Column, in table: TableCatalog.Table) -> JSONValue {
        let base = notes.domains[column.type] ?? column.type
        let kind = Self.kind(of: base)
        var members: [JSONValue.Member] = [.init("type", kind)]
        let position = table.primaryKey.firstIndex(of: column.name)
        let isKey = table.primaryKey == [column.name]
        if let position { members.append(.init("id", isKey ? .bool(true) : .number(String(position + 1)))) }
        let isFilled = column.filling != .none
        if isKey, isFilled {
            members.append(.init("generated", .bool(true)))
        } else if !column.isNullable, !isFilled {
            members.append(.init("required", .bool(true)))
        }
        if let allowed = allowed(column, in: table) { members.append(.init("enum", .array(allowed.values))) }
        if case .generated = column.filling { members.append(.init("readOnly", .bool(true))) }
        var mapping: [JSONValue.Member] = [
            .init("columnName", .string(column.name)), .init("dataType", .string(column.type)),
        ]
        let isNumbering = column.isNumbering
        if !column.isNullable, isFilled, position == nil, !isNumbering { mapping.append(.init("nullable", "N")) }
        switch column.filling {
        case .none: break
        case .identity(always: true): mapping.append(.init("identity", "always"))
        case .identity, .serial,
            .expression where isNumbering:
            if !isKey, isNumbering { mapping.append(.init("identity", "by default")) }
        case .expression(let text):
            if Self.isSequence(text) { break }
            if isKey {
                if !Self.isUsualKey(text, column.type) { mapping.append(.init("dbDefault", .string(text))) }
            } else if base == column.type, let value = Self.value(of: text, kind: kind) {
                members.append(.init("default", value))
            } else {
                mapping.append(.init("dbDefault", .string(text)))
            }
        case .generated(let text): mapping.append(.init("generated", .string(text)))
        }
        mapping += typeMembers(of: column)
        members += Self.sizes(of: base)
        if table.uniques.contains(where: { $0.columns == [column.name] }) {
            members.append(.init("unique", .bool(true)))
        }
        let place = DesiredTables.ColumnPlace(table: table.name, column: column.name)
        if let comment = notes.columnComments[place] { members.append(.init("description", .string(comment))) }
        members.append(.init("postgresql", .object(mapping)))
        return .object(members)
    }

    /// What a migration has to know of a type of the database's own, beside the values that the property says.
    private func typeMembers(of column: TableCatalog.Column) -> [JSONValue.Member] {
        guard let name = Catalog.TableName(type: column.type), let type = catalog.types[name] else { return [] }
        var members: [JSONValue.Member] = []
        var last: TableCatalog.UserType? = type
        if case .domain(let domain) = type {
            members.append(.init("domain", domain.json))
            last = Catalog.TableName(type: domain.type).flatMap { catalog.types[$0] }
        }
        // What is limited of a list isn't the list.
        if column.type.hasSuffix("[]"), case .enumeration(let values)? = last {
            members.append(.init("enum", .array(values.map { .string($0) })))
        }
        return members
    }

    /// The values that a column is limited to, and the check that says so where it isn't the type.
    func allowed(
        _ column: TableCatalog.Column, in table: TableCatalog.Table
    ) -> (values: [JSONValue], check: TableCatalog.Check?)? {
        let base = notes.domains[column.type] ?? column.type
        if let values = notes.enumerations[base] { return (values.map(JSONValue.string), nil) }
        let type = ColumnType(named: base)
        // Such as citext: of another type the values would be an enumeration's.
        let isForeign = type.oid == 0 && Catalog.TableName(type: base) == nil
        for check in table.checks {
            guard case .oneOf(column.name, let values, let areNumbers) = check.rule else { continue }
            if type.isText || isForeign, !areNumbers { return (values.sorted().map(JSONValue.string), check) }
            let numbers = values.compactMap { text in Double(text).map { (text, $0) } }
            if type.isNumeric, numbers.count == values.count {
                let sorted = numbers.sorted { ($0.1, $0.0) < ($1.1, $1.0) }
                return (sorted.map { JSONValue.number($0.0) }, check)
            }
        }
        return nil
    }

    /// The kind of a column's values, as models say it.
    static func kind(of type: String) -> JSONValue {
        if type.hasSuffix("[]") { return .array([kind(of: String(type.dropLast(2)))]) }
        let word = type.prefix { $0 != "(" }.trimmingSuffix(" ")
        switch word {
        case "smallint", "integer", "bigint", "numeric", "real", "double precision", "oid": return "number"
        case "boolean": return "boolean"
        case "date": return "date"
        case "json", "jsonb": return "object"
        case "bytea": return "buffer"
        case "point": return "geopoint"
        case _ where word.hasPrefix("timestamp"): return "date"
        default: return "string"
        }
    }

    private static func sizes(of type: String) -> [JSONValue.Member] {
        guard let open = type.firstIndex(of: "("), type.hasSuffix(")") else { return [] }
        let numbers = type[type.index(after: open)...].dropLast().split(separator: ",").map(String.init)
        guard numbers.allSatisfy({ Int($0) != nil }), let first = numbers.first else { return [] }
        if type.hasPrefix("character") { return [.init("length", .number(first))] }
        guard type.hasPrefix("numeric") else { return [] }
        return [.init("precision", .number(first))] + numbers.dropFirst().map { .init("scale", .number($0)) }
    }
}

extension Substring {
    fileprivate func trimmingSuffix(_ suffix: Character) -> String {
        var text = self
        while text.last == suffix { text.removeLast() }
        return String(text)
    }
}

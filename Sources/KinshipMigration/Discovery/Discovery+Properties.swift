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
        }
    }

    /// What isn't unique by one column, and indexes that keys don't have anyway.
    mutating func makeIndexes(of draft: Int) {
        let table = drafts[draft].table
        func entry(_ columns: [(name: String, isDescending: Bool)], isUnique: Bool) -> JSONValue {
            let keys = columns.map { column in
                JSONValue.Member(property(column.name, of: draft), .number(column.isDescending ? "-1" : "1"))
            }
            let options: [JSONValue.Member] =
                isUnique ? [.init("options", .object([.init("unique", .bool(true))]))] : []
            return .object([.init("keys", .object(keys))] + options)
        }
        var indexes: [JSONValue.Member] = []
        for unique in table.uniques where unique.columns.count > 1 {
            indexes.append(.init(unique.name, entry(unique.columns.map { ($0, false) }, isUnique: true)))
        }
        for index in table.indexes where index.isPlain && index.method == "btree" {
            let columns = index.columns.map(\.name)
            guard index.isUnique || !table.foreignKeys.contains(where: { $0.columns == columns }) else { continue }
            indexes.append(
                .init(index.name, entry(index.columns.map { ($0.name, $0.isDescending) }, isUnique: index.isUnique)))
        }
        drafts[draft].model.indexes = indexes
    }

    private func definition(of column: TableCatalog.Column, in table: TableCatalog.Table) -> JSONValue {
        let base = notes.domains[column.type] ?? column.type
        let kind = Self.kind(of: base)
        var members: [JSONValue.Member] = [.init("type", kind)]
        let position = table.primaryKey.firstIndex(of: column.name)
        if let position {
            members.append(.init("id", table.primaryKey.count == 1 ? .bool(true) : .number(String(position + 1))))
        }
        let isFilled = column.filling != .none
        if position != nil, table.primaryKey.count == 1, isFilled {
            members.append(.init("generated", .bool(true)))
        } else if !column.isNullable, !isFilled {
            members.append(.init("required", .bool(true)))
        }
        if let values = values(of: column, base: base, in: table) {
            members.append(.init("enum", .array(values.map { .string($0) })))
        }
        if case .generated = column.filling { members.append(.init("readOnly", .bool(true))) }
        if case .expression(let text) = column.filling, position == nil || table.primaryKey.count > 1 {
            members.append(Self.filling(text, kind: kind))
        }
        members += Self.sizes(of: base)
        if table.uniques.contains(where: { $0.columns == [column.name] }) {
            members.append(.init("unique", .bool(true)))
        }
        let place = DesiredTables.ColumnPlace(table: table.name, column: column.name)
        if let comment = notes.columnComments[place] { members.append(.init("description", .string(comment))) }
        members.append(
            .init(
                "postgresql",
                .object([.init("columnName", .string(column.name)), .init("dataType", .string(column.type))])))
        return .object(members)
    }

    /// The values that an enumeration or a check allows.
    func values(of column: TableCatalog.Column, base: String, in table: TableCatalog.Table) -> [String]? {
        if let values = notes.enumerations[base] { return values }
        for check in table.checks {
            if case .oneOf(column.name, let values, false) = check.rule { return values.sorted() }
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

    /// A default that models can say as a value, else as SQL.
    private static func filling(_ expression: String, kind: JSONValue) -> JSONValue.Member {
        let asIs = JSONValue.Member("dbDefault", .string(expression))
        switch kind {
        case "boolean":
            return ["true", "false"].contains(expression) ? .init("default", .bool(expression == "true")) : asIs
        case "number":
            let text = literal(expression) ?? expression.filter { !"()".contains($0) }
            let isNumber = (try? JSONValue(parsing: Array(text.utf8))).map {
                if case .number = $0 { true } else { false }
            }
            return isNumber == true ? .init("default", .number(text)) : asIs
        case "string": return literal(expression).map { .init("default", .string($0)) } ?? asIs
        default: return asIs
        }
    }

    /// The text of `'home'::address_kind`; nil for anything else.
    private static func literal(_ expression: String) -> String? {
        guard expression.hasPrefix("'") else { return nil }
        var text = ""
        var rest = expression.dropFirst()
        while let character = rest.popFirst() {
            guard character == "'" else {
                text.append(character)
                continue
            }
            if rest.first == "'" {
                text.append("'")
                rest.removeFirst()
            } else {
                return rest.isEmpty || (rest.hasPrefix("::") && !rest.contains("("))
                    || rest.hasPrefix("::character varying(")
                    ? text : nil
            }
        }
        return nil
    }
}

extension Substring {
    fileprivate func trimmingSuffix(_ suffix: Character) -> String {
        var text = self
        while text.last == suffix { text.removeLast() }
        return String(text)
    }
}

// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

extension TableCatalog {
    /// The catalog as ``init(_:)`` reads it, in one order whatever the order of the tables was.
    public var json: JSONValue {
        let names = tables.keys.sorted { ($0.schema, $0.name) < ($1.schema, $1.name) }
        var members: [JSONValue.Member] = [
            .init("schemas", .array(schemas.sorted().map { .string($0) })),
            .init(
                "views",
                .array(
                    views.map { ["schema": .string($0.schema), "name": .string($0.name)] as JSONValue }
                        .sorted { $0.description < $1.description })),
        ]
        // States that have none are written as they were before there were any.
        if !types.isEmpty {
            let listed = types.sorted { ($0.key.schema, $0.key.name) < ($1.key.schema, $1.key.name) }
            members.append(.init("types", .array(listed.map { $0.value.json($0.key) })))
        }
        members.append(
            .init("tables", .object(names.compactMap { name in tables[name].map { .init(name.sql, $0.json) } })))
        return .object(members)
    }
}

extension TableCatalog.Table {
    fileprivate var json: JSONValue {
        .object([
            .init("schema", .string(name.schema)), .init("name", .string(name.name)),
            .init("kind", .string(isPartitioned ? "partitioned" : "table")),
            .init("columns", .array(columns.map(\.json))), .init("primaryKey", .texts(primaryKey)),
            .init(
                "unique",
                .array(
                    uniques.map {
                        var members: [JSONValue.Member] = [
                            .init("name", .string($0.name)), .init("columns", .texts($0.columns)),
                        ]
                        if $0.isSpecial { members.append(.init("special", .bool(true))) }
                        return .object(members)
                    })),
            .init("indexes", .array(indexes.map(\.json))), .init("foreignKeys", .array(foreignKeys.map(\.json))),
            .init("checks", .array(checks.map(\.json))),
        ])
    }
}

extension TableCatalog.Column {
    fileprivate var json: JSONValue {
        var members: [JSONValue.Member] = [
            .init("name", .string(name)), .init("type", .string(type)), .init("nullable", .bool(isNullable)),
        ]
        switch filling {
        case .none: break
        case .expression(let text): members.append(.init("default", .string(text)))
        case .identity(let always): members.append(.init("identity", .string(always ? "always" : "by default")))
        case .serial: members.append(.init("serial", .bool(true)))
        case .generated(let text): members.append(.init("generated", .string(text)))
        }
        return .object(members)
    }
}

extension TableCatalog.Index {
    fileprivate var json: JSONValue {
        var members: [JSONValue.Member] = [
            .init("name", .string(name)),
            .init("columns", .texts(columns.map { $0.name + ($0.isDescending ? " DESC" : "") })),
            .init("expressions", .texts(columns.filter(\.isExpression).map(\.name))), .init("unique", .bool(isUnique)),
            .init("method", .string(method)), .init("invalid", .bool(!isValid)),
        ]
        if let condition { members.append(.init("where", .string(condition))) }
        if isExtended { members.append(.init("extended", .bool(true))) }
        if isSpecial { members.append(.init("special", .bool(true))) }
        if let builder { members.append(.init("builder", .number(String(builder)))) }
        if isAdvised { members.append(.init("advised", .bool(true))) }
        return .object(members)
    }
}

extension TableCatalog.ForeignKey {
    fileprivate var json: JSONValue {
        var members: [JSONValue.Member] = [
            .init("name", .string(name)), .init("columns", .texts(columns)),
            .init(
                "references",
                .object([
                    .init("schema", .string(target.schema)), .init("table", .string(target.name)),
                    .init("columns", .texts(targetColumns)),
                ])), .init("onDelete", .string(onDelete)), .init("onUpdate", .string(onUpdate)),
            .init("notValid", .bool(!isValid)),
        ]
        if isSpecial { members.append(.init("special", .bool(true))) }
        return .object(members)
    }
}

extension TableCatalog.Check {
    fileprivate var json: JSONValue {
        var members: [JSONValue.Member] = [.init("name", .string(name)), .init("notValid", .bool(!isValid))]
        switch rule {
        case .expression(let text): members.append(.init("expression", .string(text)))
        case .oneOf(let column, let values, let areNumbers):
            let listed = values.sorted().map { areNumbers ? JSONValue.number($0) : .string($0) }
            members.append(
                .init("values", .object([.init("column", .string(column)), .init("oneOf", .array(listed))])))
        }
        return .object(members)
    }
}

extension JSONValue {
    fileprivate static func texts(_ texts: [String]) -> JSONValue { .array(texts.map { .string($0) }) }
}

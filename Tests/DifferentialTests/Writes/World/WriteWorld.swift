// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import RelationPlanner
import TestSupport

/// Random models that are written to: a schema of the test database.
struct WriteWorld: Sendable {
    let schema: String
    var models: [WriteModel]

    // MARK: For the library

    func definitions() throws -> [ModelDefinition] {
        let embedded: JSONValue = [
            "name": "Piece", "base": "Model", "idInjection": false,
            "properties": ["id": ["type": "number", "id": true], "n": "number", "s": "string"],
        ]
        return try (models.map(json) + [embedded]).map { try ModelDefinition($0) }
    }

    func json(_ model: WriteModel) -> JSONValue {
        var properties: [JSONValue.Member] = []
        for property in model.properties {
            var members: [JSONValue.Member] = [.init("type", property.json)]
            if let place = model.key.firstIndex(of: property.name) {
                members.append(.init("id", .number(String(place + 1))))
                if model.isGenerated { members.append(.init("generated", true)) }
            }
            if let value = property.modelDefault, property.kind != .json { members.append(.init("default", value)) }
            if property.isRequired { members.append(.init("required", true)) }
            properties.append(.init(property.name, .object(members)))
        }
        var members: [JSONValue.Member] = [
            .init("name", .string(model.name)), .init("strict", true), .init("idInjection", false),
            .init("postgresql", ["schema": .string(schema), "table": .string(model.name.lowercased())]),
            .init("properties", .object(properties)),
            .init("relations", .object(model.relations.map { .init($0.name, json($0)) })),
        ]
        if let scope = model.scope {
            members.append(.init("scope", ["where": .object([.init(scope.property, scope.value)])]))
        }
        if let version = model.version { members.append(.init("version", .string(version))) }
        if let deleted = model.softDelete { members.append(.init("softDelete", .string(deleted))) }
        return .object(members)
    }

    private func json(_ relation: WriteRelation) -> JSONValue {
        var members: [JSONValue.Member] = [.init("type", .string(relation.kind.rawValue))]
        members[0].value = relation.kind == .hasManyThrough ? "hasMany" : members[0].value
        func names(_ names: [String]) -> JSONValue {
            names.count == 1 ? .string(names[0]) : .array(names.map { .string($0) })
        }
        func add(_ name: String, _ value: JSONValue) { members.append(.init(name, value)) }
        add("model", relation.isStored ? .string(models[relation.target].name) : "Piece")
        switch relation.kind {
        case .belongsTo:
            add("foreignKey", names(relation.sourceKey))
            if relation.targetKey != models[relation.target].key { add("primaryKey", names(relation.targetKey)) }
        case .referencesMany: add("foreignKey", names(relation.sourceKey))
        case .embedsMany, .embedsOne: add("property", .string(relation.list ?? ""))
        default:
            if let link = relation.link {
                add("foreignKey", names(link.sourceKey))
                add("keyThrough", names(link.targetKey))
                var through: [JSONValue.Member] = [.init("model", .string(models[link.model].name))]
                if !relation.linkCopies.isEmpty { through.append(.init("properties", json(relation.linkCopies))) }
                add("through", .object(through))
            } else {
                add("foreignKey", names(relation.targetKey))
                if relation.sourceKey != models[relation.source].key { add("primaryKey", names(relation.sourceKey)) }
            }
        }
        if let discriminator = relation.discriminator {
            let key = relation.link?.sourceKey ?? relation.targetKey
            add("polymorphic", ["foreignKey": .string(key[0]), "discriminator": .string(discriminator)])
        }
        if !relation.copies.isEmpty { add("properties", json(relation.copies)) }
        if relation.isInverted { add("options", ["invertProperties": true]) }
        if relation.isSynced { add("sync", true) }
        if let scope = relation.scope { add("scope", ["where": .object([.init(scope.property, scope.value)])]) }
        return .object(members)
    }

    private func json(_ copies: [RelationDefinition.Copy]) -> JSONValue {
        .object(copies.map { .init($0.from, .string($0.to)) })
    }

    /// Copies that a record may have of itself, by way of others too: what comes back of it is what its own statement made.
    func ownCopies(of model: Int) -> Set<String> {
        var next: [(name: String, holder: Int, property: String)] = models[model].properties.map {
            ($0.name, model, $0.name)
        }
        var own: Set<String> = []
        while let (name, holder, property) = next.popLast() {
            for (source, other) in models.enumerated() {
                for relation in other.relations where relation.isSynced && relation.link == nil {
                    let (from, to) = relation.isInverted ? (relation.target, source) : (source, relation.target)
                    guard to == holder else { continue }
                    for copy in relation.copies where copy.to == property {
                        if from == model { own.insert(name) } else { next.append((name, from, copy.from)) }
                    }
                }
            }
        }
        return own
    }

    // MARK: For the database

    func table(_ model: WriteModel) -> String { "\(schema).\"\(model.name.lowercased())\"" }

    /// The statements that make the tables.
    var sql: String {
        func names(_ names: [String]) -> String { names.map { "\"\($0)\"" }.joined(separator: ", ") }
        var lines = ["CREATE SCHEMA \(schema);"]
        for model in models {
            var columns = model.properties.map { property in
                var text = "\"\(property.name)\" \(property.sql)"
                if model.isGenerated, model.key == [property.name] { text = "\"\(property.name)\" serial" }
                if property.isNotNull { text += " NOT NULL" }
                if let value = property.databaseDefault { text += " DEFAULT \(Self.literal(value))" }
                return text
            }
            columns.append("PRIMARY KEY (\(names(model.key)))")
            columns += model.unique.map { "UNIQUE (\(names($0)))" }
            lines.append("CREATE TABLE \(table(model)) (\(columns.joined(separator: ", ")));")
        }
        for model in models {
            for key in model.foreignKeys {
                let target = models[key.target]
                lines.append(
                    "ALTER TABLE \(table(model)) ADD FOREIGN KEY (\(names(key.columns))) REFERENCES \(table(target)) (\(names(key.targetColumns)));"
                )
            }
        }
        return lines.joined(separator: "\n")
    }

    private static func literal(_ value: JSONValue) -> String {
        if case .string(let text) = value { "'\(text)'" } else { value.description }
    }

    /// A statement whose one cell is an object with all rows of all tables, and the last keys made.
    var contents: String {
        let tables = models.map { model in
            let members = model.properties.map { "'\($0.name)', \"\($0.name)\"" }.joined(separator: ", ")
            return
                "'\(model.name)', (SELECT coalesce(json_agg(json_build_object(\(members))), '[]') FROM \(table(model)))"
        }
        let keys = models.filter(\.isGenerated).map { model in
            "'last \(model.name)', (SELECT CASE WHEN is_called THEN last_value ELSE 0 END FROM \(schema).\"\(model.name.lowercased())_\(model.key[0])_seq\")"
        }
        return "SELECT json_build_object(\((tables + keys).joined(separator: ", ")))::text"
    }
}

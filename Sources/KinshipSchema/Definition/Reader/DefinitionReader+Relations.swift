// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

extension DefinitionReader {
    private static let relationKeys = [
        "type", "model", "foreignKey", "primaryKey", "through", "throughTable", "keyThrough", "polymorphic", "invert",
        "idName", "property", "default", "scope", "properties", "options", "embed", "multiple", "description",
        "methods", "scopeMethods", "as", "idType", "sync",
        "notValidated",
    ]

    /// A relation; one that changes another replaces the members it has, as `model-config.json` does.
    mutating func relation(
        _ name: String, _ json: JSONValue, _ path: String, changing known: RelationDefinition? = nil
    ) -> RelationDefinition? {
        if json == .bool(false) || json == .null { return nil }
        guard let members = object(json, path) else { return nil }
        guard let type = members["type"].flatMap({ string($0, path + ".type") }) ?? known?.kind.written else {
            if members["type"] == nil {
                problem(path + ".type", "The relation has no type. Types: \(Self.types).", relation: name)
            }
            return nil
        }
        guard let kind = Self.kinds[type.lowercased()] else {
            problem(path + ".type", "\"\(type)\" is no relation type. Types: \(Self.types).", relation: name)
            return nil
        }
        if let other = members["as"]?.text, other != name {
            // LoopBack puts the key in its place.
            warn(
                .oddValue, path + ".as", "\"as\" has no effect in a file: the relation is called \"\(name)\".",
                relation: name)
        }
        guard !name.isEmpty, name != "trigger" else {
            problem(path, "Invalid relation name \"\(name)\": choose another one.", relation: name)
            return nil
        }
        var relation = known ?? RelationDefinition(name, kind)
        relation.kind = kind
        for member in members { read(member, path, into: &relation) }
        if relation.through != nil, kind == .hasMany { relation.kind = .hasManyThrough }
        if relation.through != nil, kind == .embedsOne || kind == .embedsMany || kind == .referencesMany {
            warn(
                .unknownKey, path + ".through", "\"through\" has no effect on \(kind) and is ignored.",
                relation: name)
            relation.through = nil
        } else if relation.through != nil, relation.kind != .hasManyThrough, kind != .hasAndBelongsToMany {
            problem(path + ".through", "Only hasMany and hasAndBelongsToMany go through another model.", relation: name)
        }
        checkPolymorphic(relation, members, path)
        return relation
    }

    private static let types = "belongsTo, hasMany, hasOne, hasAndBelongsToMany, referencesMany, embedsOne, embedsMany"

    private static let kinds: [String: RelationKind] = Dictionary(
        RelationKind.allCases.map { ($0.rawValue.lowercased(), $0) }, uniquingKeysWith: { first, _ in first })

    private mutating func read(_ member: JSONValue.Member, _ path: String, into relation: inout RelationDefinition) {
        let value = member.value
        let path = "\(path).\(member.key)"
        switch member.key {
        case "type", "as", "description", "multiple", "methods", "scopeMethods", "embed", "modelFrom", "idType",
            "notValidated":
            break
        case "model": relation.model = string(value, path)
        case "foreignKey": relation.foreignKey = names(value, path)
        case "primaryKey": relation.primaryKey = names(value, path)
        case "keyThrough": relation.keyThrough = names(value, path)
        case "through": readThrough(value, path, into: &relation)
        case "throughTable": relation.throughTable = string(value, path)
        case "polymorphic": relation.polymorphic = polymorphic(value, path, relation.name)
        case "invert": relation.invert = flag(value, path) ?? false
        case "idName": relation.idName = string(value, path)
        case "property": relation.property = string(value, path)
        case "default": relation.defaultValue = value
        case "scope":
            relation.scope = scope(value, path, relation: relation.name)
        case "properties": relation.properties = copies(value, path)
        case "sync": relation.sync = flag(value, path) ?? false
        case "options": readOptions(value, path, into: &relation)
        case "where", "order", "limit", "skip", "fields", "include":
            misplaced(member.key, path, "write {\"scope\": {\"\(member.key)\": …}}", relation: relation.name)
        case "nestRemoting", "disableInclude", "invertProperties", "embedsProperties", "validate", "persistent",
            "forceId":
            misplaced(member.key, path, "write {\"options\": {\"\(member.key)\": …}}", relation: relation.name)
        default:
            // A misspelt key of a relation would silently give it another key or target.
            let hint = Suggestion.text(for: member.key, among: Self.relationKeys)
            if hint.isEmpty {
                warnOfUnknownKey(member.key, path, relation: relation.name)
            } else {
                problem(path, "\"\(member.key)\" isn't known here.\(hint)", relation: relation.name)
            }
        }
    }

    /// `through: "Item"`, or `through: {model, scope, properties}` with what concerns the links.
    private mutating func readThrough(_ json: JSONValue, _ path: String, into relation: inout RelationDefinition) {
        guard case .object(let members) = json else {
            relation.through = string(json, path)
            return
        }
        relation.through = members["model"].flatMap { string($0, path + ".model") }
        if relation.through == nil {
            problem(path + ".model", "The link model's name is missing.", relation: relation.name)
        }
        for member in members where member.key != "model" {
            let path = "\(path).\(member.key)"
            switch member.key {
            case "scope":
                relation.throughScope = scope(member.value, path, relation: relation.name)
            case "properties": relation.throughProperties = copies(member.value, path)
            default:
                problem(
                    path, "\"\(member.key)\" isn't known here. Keys: model, scope, properties.", relation: relation.name
                )
            }
        }
    }

    private mutating func readOptions(_ json: JSONValue, _ path: String, into relation: inout RelationDefinition) {
        relation.dropOptions()
        for member in object(json, path) ?? [] {
            let value = member.value
            let path = "\(path).\(member.key)"
            switch member.key {
            case "disableInclude": relation.includeDisabled = flag(value, path) ?? false
            case "nestRemoting": relation.nestRemoting = flag(value, path) ?? false
            case "invertProperties": relation.invertProperties = flag(value, path) ?? false
            case "sync": relation.sync = flag(value, path) ?? false
            case "embedsProperties": relation.embedsProperties = flag(value, path) ?? false
            case "belongsTo": relation.embeddedBelongsTo = string(value, path)
            case "http":
                if let members = object(value, path), let json = members["path"] {
                    relation.httpPath = string(json, path + ".path")
                }
            case "property":
                var members = object(value, path) ?? []
                if members["type"] == nil { members.append(.init("type", .string("any"))) }
                relation.propertyDefinition = property(relation.name, .object(members), path)
            default: relation.options.append(member)
            }
        }
    }

    /// `{"from": "to"}` or `["same"]`.
    private mutating func copies(_ json: JSONValue, _ path: String) -> [RelationDefinition.Copy] {
        if case .object(let members) = json {
            return members.compactMap { member in
                string(member.value, "\(path).\(member.key)").map { .init(from: member.key, to: $0) }
            }
        }
        return names(json, path).map { .init(from: $0, to: $0) }
    }

    private mutating func polymorphic(
        _ json: JSONValue, _ path: String, _ relation: String
    ) -> RelationDefinition.Polymorphic? {
        switch json {
        case .bool(true): return .automatic
        case .bool(false), .null: return nil
        case .string(let selector): return .selector(selector)
        case .object(let members):
            func part(_ key: String) -> String? { members[key].flatMap { string($0, "\(path).\(key)") } }
            let selector = part("selector") ?? part("as")
            let idType = members["idType"].flatMap { $0.text }
            switch (part("foreignKey"), part("discriminator"), selector) {
            case (nil, nil, let selector?): return .selector(selector, idType: idType)
            case (nil, nil, nil): return .selector(relation, idType: idType)
            case (let key?, let discriminator?, nil):
                return .keys(foreignKey: key, discriminator: discriminator, idType: idType)
            case (_?, _?, _?):
                let code = members["selector"] == nil ? "POLYMORPHIC_EXTRANEOUS_AS" : "POLYMORPHIC_EXTRANEOUS_SELECTOR"
                problem(path, "\(code): name either the selector, or foreignKey and discriminator.", relation: relation)
            case (_?, nil, _):
                problem(
                    path, "POLYMORPHIC_MISSING_DISCRIMINATOR: foreignKey is given without discriminator.",
                    relation: relation)
            case (nil, _?, _):
                problem(
                    path, "POLYMORPHIC_MISSING_FOREIGN_KEY: discriminator is given without foreignKey.",
                    relation: relation)
            }
        default:
            problem(path, "\"polymorphic\" is true, a selector or an object, not \(json.kindName).", relation: relation)
        }
        return nil
    }

    private mutating func checkPolymorphic(
        _ relation: RelationDefinition, _ members: [JSONValue.Member], _ path: String
    ) {
        guard let value = members["polymorphic"], value != .bool(false), value != .null else { return }
        if relation.kind == .belongsTo, relation.model != nil {
            problem(
                path + ".model", "POLYMORPHIC_BELONGS_TO_MODEL: a polymorphic belongsTo names no model; its rows do.",
                relation: relation.name)
        }
        if relation.kind != .belongsTo, relation.model == nil {
            problem(
                path + ".model",
                "POLYMORPHIC_NOT_BELONGS_TO_MISSING_MODEL: a polymorphic \(relation.kind) names its model.",
                relation: relation.name)
        }
        if relation.kind == .hasAndBelongsToMany, relation.through == nil {
            problem(
                path + ".through", "A polymorphic hasAndBelongsToMany names its link model in \"through\".",
                relation: relation.name)
        }
    }
}

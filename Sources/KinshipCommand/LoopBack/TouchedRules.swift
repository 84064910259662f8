// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Kinship

/// The rules that models touch, each with the places.
struct TouchedRules {
    private(set) var places: [TouchedRule: [String]] = [:]

    /// Looks through the models of a schema.
    init(_ schema: Schema) {
        for model in schema.models where model.definition.attachment != .implied && model.definition.file != nil {
            look(model)
            for relation in model.relations { look(relation, of: model, in: schema) }
        }
    }

    /// Notes a place.
    mutating func add(_ rule: TouchedRule, _ place: String) {
        if !places[rule, default: []].contains(place) { places[rule, default: []].append(place) }
    }

    private mutating func look(_ model: Model) {
        let (name, definition) = (model.name, model.definition)
        if model.isPersisted, definition.table == nil { add(.k1, name) }
        if !definition.hidden.isEmpty || definition.properties.contains(where: \.isHidden) {
            add(.k5, name)
            add(.d28, name)
        }
        if model.primaryKey.count > 1 { add(.b7, name) }
        if definition.scope != nil { add(.d32, name) }
        if definition.scopes.count > 1 { add(.d31, name) }
        if let scope = definition.scope { look(scope, at: "\(name).scope") }
        for scope in definition.scopes { look(scope.value, at: "\(name).scopes.\(scope.key)") }
        if case .array(let rules)? = definition.settings.first(where: { $0.key == "acls" })?.value, !rules.isEmpty {
            add(.d40, name)
        }
        if definition.settings.contains(where: { $0.key == "allowExtendedOperators" && $0.value == .bool(true) }) {
            add(.d37, name)
        }
        if definition.settings.contains(where: { $0.key == "mixins" && $0.value.members?.isEmpty == false }) {
            add(.d38, name)
        }
        switch definition.attachment {
        case .nowhere, .elsewhere, .unlisted: add(.d38, name)
        case .attached, .implied, nil: break
        }
        for property in model.properties { look(property, of: name) }
    }

    private mutating func look(_ property: Property, of model: String) {
        let place = "\(model).\(property.name)"
        switch property.kind {
        case .object, .any, .model: add(.d26, place)
        case .date: add(.k9, place)
        default: break
        }
        let type = (property.definition.dataType ?? "").lowercased()
        if type.hasPrefix("numeric") || type.hasPrefix("decimal") || type == "bigint" || type == "int8" {
            add(.d30, place)
        }
        if type == "date" { add(.b10, place) }
        if ["inet", "cidr", "macaddr", "money", "oid", "citext", "interval"].contains(type) || type.hasSuffix("range") {
            add(.b9, place)
        }
    }

    private mutating func look(_ relation: Relation, of model: Model, in schema: Schema) {
        let definition = relation.definition
        let place = "\(model.name).\(relation.name)"
        switch relation.kind {
        case .belongsTo:
            add(.k6, place)
            add(.d13, place)
            if relation.polymorphic != nil { add(.d18, place) }
        case .hasOne: for rule in [TouchedRule.d13, .d15, .d20, .d24] { add(rule, place) }
        case .hasMany: add(.d24, place)
        case .hasManyThrough, .hasAndBelongsToMany:
            for rule in [TouchedRule.k8, .d25] { add(rule, place) }
            if definition.scope != nil { add(.d11, place) }
            if definition.scope != nil || !definition.properties.isEmpty { add(.d12, place) }
        case .referencesMany: add(.d21, place)
        case .embedsOne: add(.d13, place)
        case .embedsMany: add(.d22, place)
        }
        if relation.includeDisabled { add(.d29, place) }
        if let scope = definition.scope {
            if relation.isToMany, FilterHabits.isLimited(scope) { add(.d10, place) }
            look(scope, at: "\(place).scope")
        }
    }

    private mutating func look(_ filter: JSONValue, at place: String) {
        for rule in FilterHabits(filter).rules { add(rule, place) }
    }
}

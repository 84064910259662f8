// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Kinship

/// JSON schemas of what can be asked: conditions, filters and includes, each once for a model, which others refer to.
struct FilterSchemas: Sendable {
    private let schema: Schema

    init(_ schema: Schema) { self.schema = schema }

    /// What all models' conditions refer to.
    var common: [JSONValue.Member] {
        ConditionKind.allCases.flatMap { kind -> [JSONValue.Member] in
            [.init(kind.rawValue, kind.json), .init(kind.rawValue + "Operators", kind.operators)]
        }
    }

    /// Those of a model.
    func members(of model: Model) -> [JSONValue.Member] {
        let name = model.name
        var members: [JSONValue.Member] = [
            .init(name + "Where", condition(model)), .init(name + "Related", related(model)),
            .init(name + "Filter", filter(model, isRoot: true)), .init(name + "Scope", filter(model, isRoot: false)),
        ]
        if !included(model).isEmpty { members.append(.init(name + "Include", include(model))) }
        return members
    }

    private func reference(_ name: String) -> JSONValue { ["$ref": .string("#/components/schemas/\(name)")] }

    // MARK: Conditions

    private func asked(_ model: Model) -> [Property] {
        model.properties.filter { !$0.isHidden && !$0.isProtected }
    }

    private func condition(of property: Property) -> JSONValue {
        reference(ConditionKind(property.columnType).rawValue)
    }

    private func condition(_ model: Model) -> JSONValue {
        let own = reference(model.name + "Where")
        var members: [JSONValue.Member] = ["and", "or", "nor"].map {
            .init($0, ["type": "array", "items": own, "minItems": 1])
        }
        members.append(.init("not", own))
        members += asked(model).map { .init($0.name, condition(of: $0)) }
        for relation in model.relations where !relation.isHidden && model.property(relation.name) == nil {
            guard let target = relation.target.map({ schema[$0] }), relation.embedded == nil, !relation.hasScopeFunction
            else { continue }
            members.append(.init(relation.name, relation.isToMany ? reference(target.name + "Related") : one(target)))
        }
        // Places inside documents and properties of related records are named with dots, and so there are others.
        return ["type": "object", "properties": .object(members)]
    }

    /// What is asked of the one record that a relation leads to.
    private func one(_ target: Model) -> JSONValue {
        let own: JSONValue = ["anyOf": [reference(target.name + "Where"), ["type": "null"]]]
        return [
            "type": "object", "properties": ["is": own, "isNot": own], "minProperties": 1,
            "additionalProperties": false,
        ]
    }

    /// What is asked of the records that a relation leads to: some, all or none of them, and numbers of those that meet a condition.
    private func related(_ target: Model) -> JSONValue {
        var members: [JSONValue.Member] = ["some", "every", "none", "where"].map {
            .init($0, reference(target.name + "Where"))
        }
        members.append(.init("count", reference(ConditionKind.number.rawValue)))
        for function in Aggregate.allCases where function != .count {
            let numbers = asked(target).filter { $0.columnType.supports(function) }
            guard !numbers.isEmpty else { continue }
            let isAverage = function == .avg
            let tested = numbers.map { property in
                JSONValue.Member(
                    property.name,
                    isAverage && property.columnType.isNumeric
                        ? reference(ConditionKind.number.rawValue) : condition(of: property))
            }
            members.append(
                .init(
                    function.rawValue,
                    [
                        "type": "object", "properties": .object(tested), "minProperties": 1,
                        "additionalProperties": false,
                    ]))
        }
        return [
            "type": "object", "properties": .object(members), "minProperties": 1, "additionalProperties": false,
        ]
    }

    // MARK: Filters

    /// - Parameter isRoot: whether it is of a list, and not of what is included in one.
    private func filter(_ model: Model, isRoot: Bool) -> JSONValue {
        let shown = model.properties.filter { !$0.isHidden && (isRoot || !$0.isProtected) }
        let count: JSONValue = ["type": "integer", "minimum": 0]
        let cursor: JSONValue = ["type": ["string", "object"], "minProperties": 1]
        let flag: JSONValue = ["type": "boolean"]
        let fields: JSONValue = [
            "anyOf": [
                ["type": "array", "items": ["enum": .array(shown.map { .string($0.name) })]],
                ["type": "object", "properties": .object(shown.map { .init($0.name, flag) })],
            ]
        ]
        var members: [JSONValue.Member] = [
            .init("where", reference(model.name + "Where")), .init("fields", shown.isEmpty ? [:] : fields),
            .init("order", ["anyOf": [["type": "string"], ["type": "array", "items": ["type": "string"]]]]),
            .init("limit", count), .init("skip", count), .init("offset", count),
            .init("after", cursor), .init("before", cursor),
        ]
        if isRoot {
            let page: JSONValue = [
                "type": "object", "properties": ["total": flag, "cursor": flag], "additionalProperties": false,
            ]
            members += [.init("distinct", flag), .init("page", ["anyOf": [flag, page]])]
        }
        if model.softDelete != nil { members.append(.init("withDeleted", ["enum": [true, false, "only"]])) }
        if !included(model).isEmpty { members.append(.init("include", includes(model))) }
        return ["type": "object", "properties": .object(members), "additionalProperties": false]
    }

    // MARK: Includes

    private func included(_ model: Model) -> [Relation] {
        model.relations.filter { !$0.isHidden && !$0.includeDisabled }
    }

    /// One include of a model, or a list.
    private func includes(_ model: Model) -> JSONValue {
        let one = reference(model.name + "Include")
        return ["anyOf": [one, ["type": "array", "items": one]]]
    }

    /// A name, an object that says more of one relation, or one of several relations with what is included below each.
    private func include(_ model: Model) -> JSONValue {
        let relations = included(model)
        let nested = relations.map { relation -> JSONValue.Member in
            guard let target = relation.target.map({ schema[$0] }), !included(target).isEmpty else {
                return .init(relation.name, ["type": "boolean"])
            }
            return .init(relation.name, ["anyOf": [["type": "boolean"], includes(target)]])
        }
        var ways: [JSONValue] = [["enum": .array(relations.map { .string($0.name) })]]
        ways += relations.map(entry)
        ways.append([
            "type": "object", "properties": .object(nested), "minProperties": 1, "additionalProperties": false,
        ])
        return ["anyOf": .array(ways)]
    }

    private func entry(_ relation: Relation) -> JSONValue {
        let flag: JSONValue = ["type": "boolean"]
        var members: [JSONValue.Member] = [.init("relation", ["const": .string(relation.name)])]
        if let target = relation.target.map({ schema[$0] }) {
            members.append(.init("scope", reference(target.name + "Scope")))
        } else {
            // By the name of the type that it leads to.
            let targets = (relation.polymorphic?.targets ?? []).map { reference(schema[$0].name + "Scope") }
            members.append(.init("scope", ["type": "object"]))
            if !targets.isEmpty {
                members.append(.init("scopes", ["type": "object", "additionalProperties": ["anyOf": .array(targets)]]))
            }
        }
        if relation.isToMany, relation.embedded == nil {
            members += [
                .init("count", flag), .init("rows", flag),
                .init("aggregate", aggregate(relation)),
            ]
        }
        if let links = relation.through.map({ schema[$0.model] }) { members.append(.init("through", through(links))) }
        return [
            "type": "object", "properties": .object(members), "required": ["relation"],
            "additionalProperties": false,
        ]
    }

    /// What is shown of links, and which count.
    private func through(_ links: Model) -> JSONValue {
        let filter: JSONValue = reference(links.name + "Where")
        let names = asked(links).map { JSONValue.string($0.name) }
        var members: [JSONValue.Member] = [
            .init("as", ["type": "string", "minLength": 1]), .init("where", filter),
            .init("order", ["anyOf": [["type": "string"], ["type": "array", "items": ["type": "string"]]]]),
        ]
        if !names.isEmpty { members.append(.init("fields", ["type": "array", "items": ["enum": .array(names)]])) }
        return ["type": "object", "properties": .object(members), "additionalProperties": false]
    }

    /// Functions, each of a property or several.
    private func aggregate(_ relation: Relation) -> JSONValue {
        guard let target = relation.target.map({ schema[$0] }) else { return ["type": "object"] }
        let functions = Aggregate.allCases.filter { $0 != .count }.compactMap { function -> JSONValue.Member? in
            let names = asked(target).filter { $0.columnType.supports(function) }.map { JSONValue.string($0.name) }
            guard !names.isEmpty else { return nil }
            let one: JSONValue = ["enum": .array(names)]
            return .init(function.rawValue, ["anyOf": [one, ["type": "array", "items": one]]])
        }
        return ["type": "object", "properties": .object(functions), "minProperties": 1]
    }
}

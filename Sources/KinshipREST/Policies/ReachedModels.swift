// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Kinship

/// The models that a request reaches: shown, compared with, ordered by or written, at any depth. What default scopes and scopes of relations
/// reach is among them; what functions come to isn't known ahead.
struct ReachedModels {
    private let scoped: ScopedSchema
    private var schema: Schema { scoped.schema }
    private(set) var models: Set<Model.ID> = []
    private var relations: Set<[Int]> = []

    init(_ scoped: ScopedSchema) { self.scoped = scoped }

    /// Their names.
    var names: Set<String> { Set(models.map { schema[$0].name }) }

    /// A model, and what its default scope reaches.
    mutating func reach(_ model: Model.ID) {
        guard models.insert(model).inserted, let scope = try? scoped.scopes(of: model).byDefault else { return }
        reach(scope, of: schema[model])
    }

    /// What a relation leads to, the model of its links, and what its scopes reach.
    mutating func reach(_ relation: Relation) {
        guard relations.insert([relation.source.index, relation.id.index]).inserted else { return }
        for target in schema.targets(of: relation) { reach(target.id) }
        if let through = relation.through { reach(through.model) }
        guard let scopes = try? scoped.scopes(of: relation) else { return }
        if let filter = scopes.targets {
            for target in schema.targets(of: relation) { reach(filter, of: target) }
        }
        for scope in scopes.types { reach(scope.scope, of: schema[scope.model]) }
        if let filter = scopes.links, let through = relation.through { reach(filter, of: schema[through.model]) }
    }

    /// What a filter for a model reaches.
    mutating func reach(_ filter: Filter, of model: Model) {
        reach(filter.condition, of: model)
        reach(filter.order, of: model)
        for key in filter.cursor?.keys ?? [] { reach([key.term], of: model) }
        for include in filter.include {
            let relation = model.relations[include.relation]
            reach(relation)
            for scope in include.typeScopes { reach(scope.scope, of: schema[scope.model]) }
            if let target = relation.target { reach(include.scope, of: schema[target]) }
            if let link = include.link, let through = relation.through {
                reach(link.condition, of: schema[through.model])
                reach(link.order, of: schema[through.model])
            }
        }
    }

    /// What a condition on a model's records reaches.
    mutating func reach(_ condition: Condition, of model: Model) {
        for case .related(let related) in condition.parts {
            let relation = model.relations[related.relation]
            reach(relation)
            if let target = relation.target { reach(related.condition, of: schema[target]) }
        }
    }

    private mutating func reach(_ order: [OrderTerm], of model: Model) {
        for term in order {
            var owner = model
            for step in term.related?.path ?? [] {
                let relation = owner.relations[step.relation]
                reach(relation)
                guard let target = relation.target else { break }
                owner = schema[target]
            }
        }
    }

    /// What the data of a whole graph reach: a relation's name, or one of its words, leads on.
    mutating func reach(graph json: JSONValue, of model: Model) {
        for element in json.elements ?? [] { reach(graph: element, of: model) }
        for member in json.members ?? [] {
            if model.property(member.key) == nil, let relation = model.relation(member.key) {
                reach(relation)
                for target in schema.targets(of: relation) { reach(graph: member.value, of: target) }
            } else if member.key == "where", let condition = try? schema.where(member.value, for: model.id) {
                reach(condition, of: model)
            } else if GraphRoutes.words.contains(member.key) || schema.model(member.key) != nil {
                reach(graph: member.value, of: model)
            }
        }
    }
}

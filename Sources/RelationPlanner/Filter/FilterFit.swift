// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

/// Whether filters are about a model of a schema: what a checked filter names are ids, and another model or schema may have
/// nothing under them.
///
/// Programs can give any filter beside any model, so it is looked at where they do. It isn't checked again otherwise.
struct FilterFit {
    let schema: Schema

    /// Refuses a filter that names what there is none of.
    ///
    /// - Complexity: linear in the filter.
    /// - Throws: ``PlannerError`` `INVALID_FILTER`.
    func check(_ filter: Filter, _ model: Model) throws(PlannerError) {
        try check(filter.condition, model)
        for term in filter.order { try check(term, model) }
        for field in filter.fields ?? [] { try check(field, model) }
        for key in filter.cursor?.keys ?? [] { try check(key.term, model) }
        for include in filter.include { try check(include, model) }
    }

    private func check(_ include: Include, _ model: Model) throws(PlannerError) {
        let relation = try relation(include.relation, model)
        if let link = include.link {
            guard let through = relation.through else { throw misfit(model) }
            let links = schema.models[through.model]
            for field in link.fields { try check(field, links) }
            try check(link.condition, links)
            for term in link.order { try check(term, links) }
        }
        guard let target = relation.target else {
            let targets = relation.polymorphic?.targets ?? []
            for type in include.typeScopes {
                guard targets.contains(type.model) else { throw misfit(model) }
                try check(type.scope, schema.models[type.model])
            }
            return
        }
        try check(include.scope, schema.models[target])
        try check(include.probe, schema.models[target])
        for term in include.summary?.aggregates ?? [] { try check(term.property, schema.models[target]) }
    }

    private func check(_ condition: Condition, _ model: Model) throws(PlannerError) {
        for part in condition.parts {
            for operand in part.operands { try check(operand.property, model) }
            guard case .related(let related) = part else { continue }
            let (relation, target) = try way(related.relation, model)
            try check(related.condition, target)
            try check(related.scope, target)
            if let numbers = related.numbers {
                for term in numbers.terms where term.function != .count { try check(term.property, target) }
                try check(numbers.test, numbers.row(of: target, called: relation.name))
            }
            for term in related.order { try check(term, target) }
            try check(links: related.linkScope, relation, model)
        }
    }

    private func check(_ term: OrderTerm, _ model: Model) throws(PlannerError) {
        var owner = model
        for step in term.related?.path ?? [] {
            let (relation, target) = try way(step.relation, owner)
            try check(step.scope, target)
            for term in step.order { try check(term, target) }
            try check(links: step.linkScope, relation, owner)
            owner = target
        }
        if term.related?.aggregate != .count { try check(term.operand.property, owner) }
    }

    private func check(links condition: Condition, _ relation: Relation, _ model: Model) throws(PlannerError) {
        guard condition != .always else { return }
        guard let through = relation.through else { throw misfit(model) }
        try check(condition, schema.models[through.model])
    }

    private func check(_ property: Property.ID, _ model: Model) throws(PlannerError) {
        guard model.properties.has(property) else { throw misfit(model) }
    }

    /// A relation that rows are asked about by, and where it leads.
    private func way(_ id: Relation.ID, _ model: Model) throws(PlannerError) -> (Relation, Model) {
        let relation = try relation(id, model)
        guard let target = relation.target else { throw misfit(model) }
        return (relation, schema.models[target])
    }

    private func relation(_ id: Relation.ID, _ model: Model) throws(PlannerError) -> Relation {
        guard model.relations.has(id) else { throw misfit(model) }
        return model.relations[id]
    }

    private func misfit(_ model: Model) -> PlannerError {
        PlannerError(
            .invalidFilter,
            "The filter was checked for another model or schema: it names what \(model.name) doesn't have. Check it for the model and with the schema that it is used with.",
            model: model.name)
    }
}

// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

extension ScopedSchema {
    /// The relations a filter goes through, those of the relations' scopes included, and the models they lead to.
    func expansion(
        of filter: Filter, at model: Model, _ isInclude: Bool, _ visited: inout Set<RelationPlace>
    ) -> (models: [Model.ID], relations: Set<RelationPlace>) {
        var reached: [Model.ID] = []
        var relations: Set<RelationPlace> = []
        var pending: [(filter: Filter, model: Model.ID)] = [(filter, model.id)]
        while let (filter, owner) = pending.popLast() {
            let steps = isInclude ? includeSteps(filter, owner) : conditionSteps(filter.condition, owner)
            for (relation, below, target) in steps {
                relations.insert(RelationPlace(relation))
                reached.append(target)
                pending.append((below, target))
                guard visited.insert(RelationPlace(relation, to: target)).inserted else { continue }
                let scopes = written(relation)
                if target == relation.target, let scope = scopes.targets { pending.append((scope, target)) }
                if isInclude, let own = scopes.types.first(where: { $0.model == target }) {
                    pending.append((own.scope, target))
                }
                // The links' scope is a condition, wherever the relation is followed.
                if !isInclude, let through = relation.through, let scope = scopes.links {
                    pending.append((scope, through.model))
                }
            }
        }
        return (reached, relations)
    }

    private func includeSteps(_ filter: Filter, _ owner: Model.ID) -> [(Relation, Filter, Model.ID)] {
        filter.include.flatMap { include -> [(Relation, Filter, Model.ID)] in
            let relation = schema.models[owner].relations[include.relation]
            if let target = relation.target { return [(relation, include.scope, target)] }
            return (relation.polymorphic?.targets ?? []).map { (relation, include.scope(for: $0), $0) }
        }
    }

    private func conditionSteps(_ condition: Condition, _ owner: Model.ID) -> [(Relation, Filter, Model.ID)] {
        var steps: [(Relation, Filter, Model.ID)] = []
        for case .related(let related) in condition.parts {
            let relation = schema.models[owner].relations[related.relation]
            guard let target = relation.target else { continue }
            var below = Filter()
            below.condition = related.condition
            steps.append((relation, below, target))
            if let through = relation.through { steps.append((relation, Filter(), through.model)) }
        }
        return steps
    }
}

// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

extension ScopedSchema {
    /// Scopes that come back to themselves: expanding them would never end.
    func circles() -> [PlannerError] {
        var problems: [PlannerError] = []
        for model in schema.models where scopes[model.id.index].byDefault != nil {
            for isInclude in [true, false] {
                var seen: Set<Model.ID> = []
                var pending = modelsExpanded(by: model, isInclude)
                while let next = pending.popLast() {
                    if next == model.id {
                        let part = isInclude ? "include" : "where"
                        problems.append(
                            PlannerError(
                                .invalidDefinition,
                                "The default scope of \(model.name) comes back to itself by way of its \(part): loading it would never end. Take the \(part) out of one of the scopes.",
                                path: "scope.\(part)", file: model.definition.file, model: model.name))
                        break
                    }
                    if seen.insert(next).inserted { pending += modelsExpanded(by: schema.models[next], isInclude) }
                }
            }
        }
        for model in schema.models {
            for relation in model.relations {
                let scopes = written(relation)
                var isCircle = false
                if let scope = scopes.targets, let target = relation.target {
                    isCircle = [true, false].contains { comesBack(scope, target, to: relation, isInclude: $0) }
                }
                // Conditions can't go by relations to several models.
                isCircle =
                    isCircle
                    || scopes.types.contains { comesBack($0.scope, $0.model, to: relation, isInclude: true) }
                // Of the links' scope there are only the conditions.
                if let through = relation.through, let scope = scopes.links {
                    isCircle = isCircle || comesBack(scope, through.model, to: relation, isInclude: false)
                }
                guard isCircle else { continue }
                problems.append(
                    PlannerError(
                        .invalidDefinition,
                        "The scope of \(model.name).\(relation.name) comes back to the relation itself: loading it would never end.",
                        path: "relations.\(relation.name).scope", file: model.definition.file, model: model.name,
                        relation: relation.name))
            }
        }
        return problems
    }

    /// The models whose default scopes apply when that of a model is expanded.
    private func modelsExpanded(by model: Model, _ isInclude: Bool) -> [Model.ID] {
        guard let scope = scopes[model.id.index].byDefault else { return [] }
        var visited: Set<RelationPlace> = []
        return expansion(of: scope, at: model, isInclude, &visited).models
    }

    private func comesBack(
        _ scope: Filter, _ start: Model.ID, to relation: Relation, isInclude: Bool
    ) -> Bool {
        var visited: Set<RelationPlace> = []
        let found = expansion(of: scope, at: schema.models[start], isInclude, &visited)
        if found.relations.contains(RelationPlace(relation)) { return true }
        // By way of the default scopes that apply on the way.
        var seen: Set<Model.ID> = []
        var pending = found.models + [start]
        while let next = pending.popLast() {
            guard seen.insert(next).inserted, let scope = scopes[next.index].byDefault else { continue }
            let more = expansion(of: scope, at: schema.models[next], isInclude, &visited)
            if more.relations.contains(RelationPlace(relation)) { return true }
            pending += more.models
        }
        return false
    }
}

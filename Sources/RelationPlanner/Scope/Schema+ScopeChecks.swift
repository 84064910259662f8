// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

extension Schema {
    /// Checks every scope of the definitions and keeps what they mean.
    ///
    /// - Parameter broken: where mistakes have been told already.
    /// - Returns: what is wrong in them. A named scope can be left out, and so can a relation with its scope, but no default
    ///   scope: more would be shown than was meant.
    mutating func checkScopes(_ broken: BrokenParts) -> [DefinitionMistake] {
        var mistakes: [DefinitionMistake] = []
        for id in models.indices {
            let model = models[id]
            let definition = model.definition
            func check(
                _ json: JSONValue?, _ target: Model, _ position: FilterChecker.Position, _ path: [String],
                _ parts: [DefinitionMistake.Part]?, through relation: Relation? = nil
            ) -> Filter? {
                guard let json else { return nil }
                do throws(PlannerError) {
                    return try scope(json, path, at: target, position, through: relation)
                } catch {
                    note(error, parts)
                    return nil
                }
            }
            func note(_ error: PlannerError, _ parts: [DefinitionMistake.Part]?) {
                if broken.explains(error) { return }
                mistakes.append(DefinitionMistake(error: error.inDefinition(definition), parts: parts))
            }
            models[id].defaultScope = check(definition.scope, model, .root, ["scope"], nil)
            models[id].namedScopes = definition.scopes.compactMap { scope in
                check(
                    scope.value, model, .root, ["scopes", scope.key], [.scope(model: model.name, name: scope.key)]
                ).map {
                    .init(name: scope.key, content: .filter($0))
                }
            }
            mistakes += adoptScopeFunctions(of: id).map { DefinitionMistake(error: $0) }
            for relation in model.relations {
                let path = ["relations", relation.name, "scope"]
                let parts = [DefinitionMistake.Part.relation(model: model.name, name: relation.name)]
                if let target = relation.target {
                    let position: FilterChecker.Position = relation.isToMany ? .toMany : .toOne
                    models[id].relations[relation.id].scope = check(
                        relation.definition.scope, models[target], position, path, parts, through: relation)
                } else if let json = relation.definition.scope {
                    var checker = FilterChecker(self, limits: .trusted, isTrusted: true)
                    for key in path.dropLast() { checker.path(push: key) }
                    do throws(PlannerError) {
                        models[id].relations[relation.id].typeScopes = try checker.typeScopes(
                            json, .null, relation, model, isWritten: true)
                    } catch {
                        note(error, parts)
                    }
                }
                if let through = relation.through {
                    let place = ["relations", relation.name, "through", "scope"]
                    let scope = check(relation.definition.throughScope, models[through.model], .link, place, parts)
                    if let scope, scope.limit != nil || scope.skip != nil || !scope.include.isEmpty {
                        note(
                            PlannerError(
                                .invalidFilter, "A scope of links can have \"where\" only.",
                                path: place.joined(separator: "."), relation: relation.name), parts)
                    }
                    models[id].relations[relation.id].replaceThroughScope(scope)
                }
            }
        }
        return mistakes.isEmpty ? scopeCircles().map { DefinitionMistake(error: $0) } : mistakes
    }

    /// Takes over the scopes that are functions, and tells of those that are given in both forms.
    private mutating func adoptScopeFunctions(of id: Model.ID) -> [PlannerError] {
        let definition = models[id].definition
        var problems: [PlannerError] = []
        func refuse(_ path: String, relation: String? = nil) {
            problems.append(
                PlannerError(
                    .invalidDefinition, "The scope is given as a filter and as a function; keep one of them.",
                    path: path, file: definition.file, model: definition.name, relation: relation))
        }
        models[id].defaultScopeFunction = definition.scopeFunction
        if definition.scope != nil, definition.scopeFunction != nil { refuse("scope") }
        for (name, function) in definition.scopeFunctions.sorted(by: { $0.key < $1.key }) {
            if definition.scopes.contains(where: { $0.key == name }) { refuse("scopes.\(name)") }
            models[id].namedScopes.append(.init(name: name, content: .function(function)))
        }
        for relation in models[id].relations {
            let function = relation.definition.scopeFunction
            models[id].relations[relation.id].scopeFunction = function
            if function != nil, relation.definition.scope != nil {
                refuse("relations.\(relation.name).scope", relation: relation.name)
            }
            if function != nil { hasScopeFunctions = true }
        }
        if definition.scopeFunction != nil { hasScopeFunctions = true }
        return problems
    }

    // MARK: Circles

    /// Scopes that come back to themselves: expanding them would never end.
    private func scopeCircles() -> [PlannerError] {
        var problems: [PlannerError] = []
        for model in models where model.defaultScope != nil {
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
                    if seen.insert(next).inserted { pending += modelsExpanded(by: models[next], isInclude) }
                }
            }
        }
        for model in models {
            for relation in model.relations {
                var isCircle = false
                if let scope = relation.scope, let target = relation.target {
                    isCircle = [true, false].contains { comesBack(scope, target, to: relation, isInclude: $0) }
                }
                // Conditions can't go by relations to several models.
                isCircle =
                    isCircle
                    || relation.typeScopes.contains { comesBack($0.scope, $0.model, to: relation, isInclude: true) }
                // Of the links' scope there are only the conditions.
                if let through = relation.through, let scope = through.scope {
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
        guard let scope = model.defaultScope else { return [] }
        var visited: Set<[Int]> = []
        return expansion(of: scope, at: model, isInclude, &visited).models
    }

    private func comesBack(
        _ scope: Filter, _ start: Model.ID, to relation: Relation, isInclude: Bool
    ) -> Bool {
        var visited: Set<[Int]> = []
        let found = expansion(of: scope, at: models[start], isInclude, &visited)
        if found.relations.contains([relation.source, relation.id]) { return true }
        // By way of the default scopes that apply on the way.
        var seen: Set<Model.ID> = []
        var pending = found.models + [start]
        while let next = pending.popLast() {
            guard seen.insert(next).inserted, let scope = models[next].defaultScope else { continue }
            let more = expansion(of: scope, at: models[next], isInclude, &visited)
            if more.relations.contains([relation.source, relation.id]) { return true }
            pending += more.models
        }
        return visited.contains([relation.source, relation.id])
    }

    /// The relations a filter goes through, those of the relations' scopes included, and the models they lead to.
    func expansion(
        of filter: Filter, at model: Model, _ isInclude: Bool, _ visited: inout Set<[Int]>
    ) -> (models: [Model.ID], relations: Set<[Int]>) {
        var reached: [Model.ID] = []
        var relations: Set<[Int]> = []
        var pending: [(filter: Filter, model: Model.ID)] = [(filter, model.id)]
        while let (filter, owner) = pending.popLast() {
            let steps = isInclude ? includeSteps(filter, owner) : conditionSteps(filter.condition, owner)
            for (relation, below, target) in steps {
                relations.insert([relation.source, relation.id])
                reached.append(target)
                pending.append((below, target))
                guard visited.insert([relation.source, relation.id, target]).inserted else { continue }
                if target == relation.target, let scope = relation.scope { pending.append((scope, target)) }
                if isInclude, let own = relation.typeScopes.first(where: { $0.model == target }) {
                    pending.append((own.scope, target))
                }
                // The links' scope is a condition, wherever the relation is followed.
                if !isInclude, let through = relation.through, let scope = through.scope {
                    pending.append((scope, through.model))
                }
            }
        }
        return (reached, relations)
    }

    private func includeSteps(_ filter: Filter, _ owner: Model.ID) -> [(Relation, Filter, Model.ID)] {
        filter.include.flatMap { include -> [(Relation, Filter, Model.ID)] in
            let relation = models[owner].relations[include.relation]
            if let target = relation.target { return [(relation, include.scope, target)] }
            return (relation.polymorphic?.targets ?? []).map { (relation, include.scope(for: $0), $0) }
        }
    }

    private func conditionSteps(_ condition: Condition, _ owner: Model.ID) -> [(Relation, Filter, Model.ID)] {
        var steps: [(Relation, Filter, Model.ID)] = []
        for case .related(let related) in condition.parts {
            let relation = models[owner].relations[related.relation]
            guard let target = relation.target else { continue }
            var below = Filter()
            below.condition = related.condition
            steps.append((relation, below, target))
            if let through = relation.through { steps.append((relation, Filter(), through.model)) }
        }
        return steps
    }
}

extension PlannerError {
    /// A mistake in a scope is one of the definition it stands in.
    func inDefinition(_ definition: ModelDefinition) -> PlannerError {
        var error = self
        error.message = "\(code.rawValue): \(message)"
        error.code = .invalidDefinition
        error.status = PlannerError.Code.invalidDefinition.status
        error.file = definition.file
        error.model = definition.name
        return error
    }
}

extension Relation {
    mutating func replaceThroughScope(_ scope: Filter?) {
        guard var through else { return }
        through.scope = scope
        self.through = through
    }
}

// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

extension Schema {
    /// The default scope of a model as it is now: the one that was checked, or what the function gives.
    ///
    /// - Throws: ``PlannerError`` `INVALID_SCOPE` when the function gives no filter, and what it throws.
    public func defaultScope(of model: Model.ID) throws(PlannerError) -> Filter? {
        try DefaultScopes(self).scope(of: models[model])
    }

    /// The relation with its scope reckoned for a record: what ``Relation/scopeFunction`` gives stands in the place of its
    /// scope (D11). Without a function it is the relation as it is.
    ///
    /// ```swift
    /// let relation = try schema.evaluated(orders, for: parent)
    /// ```
    ///
    /// Records whose relations come out with equal scopes can be loaded together.
    ///
    /// - Throws: ``PlannerError`` `INVALID_SCOPE` when the function gives no filter for the target, or reads a property
    ///   that the record doesn't have; and what it throws.
    public func evaluated(_ relation: Relation, for parent: ParentRecord) throws(PlannerError) -> Relation {
        guard let function = relation.scopeFunction else { return relation }
        let owner = models[relation.source]
        let path = ["relations", relation.name, "scope"]
        let json = try function(parent)
        if let fault = parent.firstFault {
            var fault = fault.inScope(of: owner)
            fault.path = path.joined(separator: ".")
            fault.relation = relation.name
            throw fault
        }
        var evaluated = relation
        evaluated.scopeFunction = nil
        do throws(PlannerError) {
            if let target = relation.target {
                evaluated.scope = try checked(
                    json, path, at: models[target], relation.isToMany ? .toMany : .toOne, of: owner)
            } else {
                var checker = FilterChecker(self, limits: .trusted, isTrusted: true)
                for key in path.dropLast() { checker.path(push: key) }
                do throws(PlannerError) {
                    evaluated.typeScopes = try checker.typeScopes(json, .null, relation, owner, isWritten: true)
                } catch {
                    throw error.inScope(of: owner)
                }
            }
        } catch {
            var error = error
            error.relation = relation.name
            throw error
        }
        return evaluated
    }

    /// Checks what a scope function gave; nil for null.
    func checked(
        _ json: JSONValue, _ path: [String], at target: Model, _ position: FilterChecker.Position, of owner: Model
    ) throws(PlannerError) -> Filter? {
        guard json != .null else { return nil }
        do throws(PlannerError) {
            return try scope(json, path, at: target, position)
        } catch {
            throw error.inScope(of: owner)
        }
    }

    /// Checks a scope, whether it stands in a definition or a function gave it.
    func scope(
        _ json: JSONValue, _ path: [String], at target: Model, _ position: FilterChecker.Position,
        through relation: Relation? = nil
    ) throws(PlannerError) -> Filter {
        var checker = FilterChecker(self, limits: .trusted, isTrusted: true)
        checker.way = relation.map { .init($0, .definition) }
        for key in path { checker.path(push: key) }
        if position != .root { checker.isNested = true }
        let filter = try checker.filter(json, target, position)
        if filter.page || filter.pageCursors || filter.cursor != nil || filter.distinct {
            throw checker.error(
                .invalidFilter, "A scope can't have \"page\", \"distinct\", \"after\" or \"before\".")
        }
        return filter
    }
}

extension PlannerError {
    /// A mistake in what a scope function gave is the program's, not the caller's.
    func inScope(of owner: Model) -> PlannerError {
        var error = self
        error.message = "A scope function of \(owner.name) gave no usable filter. \(code.rawValue): \(message)"
        error.code = .invalidScope
        error.status = PlannerError.Code.invalidScope.status
        error.file = owner.definition.file
        error.model = owner.name
        return error
    }
}

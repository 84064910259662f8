// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

extension ScopedSchema {
    /// The default scope of a model as it is now: the one that was checked, or what the function gives.
    ///
    /// - Throws: ``PlannerError`` `INVALID_SCOPE` when the function gives no filter, and what it throws; `UNKNOWN_MODEL`.
    public func defaultScope(of model: Model.ID) throws(PlannerError) -> Filter? {
        try DefaultScopes(self).scope(of: try schema.model(model))
    }

    /// The scopes of a relation for a record: what the function of the relation gives stands in the place of its scope (D11).
    /// Without a function they are those that are written.
    ///
    /// ```swift
    /// let scopes = try scoped.scopes(of: orders, for: parent)
    /// ```
    ///
    /// - Throws: ``PlannerError`` `INVALID_SCOPE` when the function gives no filter for the target, or reads a property
    ///   that the record doesn't have; and what it throws; `UNKNOWN_MODEL` and `UNKNOWN_RELATION` for a relation of another schema.
    public func scopes(of relation: Relation, for parent: ParentRecord) throws(PlannerError) -> RelationScopes {
        var scopes = try self.scopes(of: relation)
        guard let function = relation.definition.scopeFunction else { return scopes }
        let owner = schema.models[relation.source]
        let path = ["relations", relation.name, "scope"]
        let json = try function(parent)
        if let fault = parent.firstFault {
            var fault = fault.inScope(of: owner)
            fault.path = path.joined(separator: ".")
            fault.relation = relation.name
            throw fault
        }
        do throws(PlannerError) {
            if let target = relation.target {
                scopes.targets = try checked(
                    json, path, at: schema.models[target], relation.isToMany ? .toMany : .toOne, of: owner)
            } else {
                do throws(PlannerError) {
                    scopes.types = try schema.typeScopes(json, path, relation, owner)
                } catch {
                    throw error.inScope(of: owner)
                }
            }
        } catch {
            var error = error
            error.relation = relation.name
            throw error
        }
        return scopes
    }

    /// Checks what a scope function gave; nil for null.
    func checked(
        _ json: JSONValue, _ path: [String], at target: Model, _ position: FilterPosition, of owner: Model
    ) throws(PlannerError) -> Filter? {
        guard json != .null else { return nil }
        do throws(PlannerError) {
            return try schema.scope(json, path, at: target, position)
        } catch {
            throw error.inScope(of: owner)
        }
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

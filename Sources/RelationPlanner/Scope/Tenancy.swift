// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

/// Whose records a request reaches, of models whose records are a tenant's: nobody's, until somebody has said so.
package struct Tenancy: Sendable {
    /// Whose.
    package enum Value: Sendable, Hashable {
        /// Nobody has said.
        case missing
        /// One tenant's.
        case known(JSONValue)
        /// Everybody's, on purpose.
        case all

        /// The value; nil where it isn't one tenant's.
        package var json: JSONValue? { if case .known(let json) = self { .some(json) } else { .none } }
    }

    /// Whose records these are.
    package var value = Value.missing
    /// By model, which of its properties refer to records of tenants.
    private let references: [Model.ID: [TenantReference]]

    /// Nil where no model has tenants.
    init?(_ schema: Schema) {
        guard schema.models.contains(where: { $0.tenant != nil }) else { return nil }
        references = TenantReference.all(in: schema)
    }

    /// Which properties of a model refer to records of tenants.
    package func references(of model: Model.ID) -> [TenantReference] { references[model] ?? [] }

    /// The value that a model's records have; nil where they are everybody's, or are reached whosever they are.
    ///
    /// - Throws: ``PlannerError`` `TENANT_REQUIRED` where nobody has said whose records are meant.
    package func value(
        for model: Model, in schema: Schema
    ) throws(PlannerError) -> (property: Property, value: BoundValue)? {
        guard let property = model.tenant else { return nil }
        switch value {
        case .all: return nil
        case .known(let json) where json != .null && json != .string(""):
            if let value = try? schema.value(json, of: property.id, in: model.id), value.contents != .null,
                value.type == property.columnType
            {
                return (property, value)
            }
            throw PlannerError(
                .tenantRequired,
                "The session's tenant is no value of \(model.name).\(property.name) (\(property.columnType.name)).",
                model: model.name, property: property.name)
        case .missing, .known:
            throw PlannerError(
                .tenantRequired,
                "Records of \(model.name) are a tenant's, and nobody has said whose are meant: use session.tenant(…), or session.withoutTenant(reason:) for all.",
                model: model.name, property: property.name)
        }
    }
}

extension ScopedSchema {
    /// The same for the records of a tenant.
    package func reaching(_ value: Tenancy.Value) -> ScopedSchema {
        var scoped = self
        scoped.tenancy?.value = value
        return scoped
    }

    /// The value that a model's records have; nil where they are everybody's, or are reached whosever they are.
    ///
    /// - Throws: ``PlannerError`` `TENANT_REQUIRED` where nobody has said whose records are meant.
    package func tenant(of model: Model) throws(PlannerError) -> (property: Property, value: BoundValue)? {
        try tenancy?.value(for: model, in: schema)
    }

    /// What records of a model have to meet to be the tenant's.
    package func tenantCondition(of model: Model) throws(PlannerError) -> Condition {
        guard let (property, value) = try tenant(of: model) else { return .always }
        return .comparison(Condition.Operand(property.id), .equal, value)
    }

    /// Refuses to ask by name for what only leads from one tenant's records to another's, and has no tenant itself: whose it is only the
    /// relation says that was followed to it.
    ///
    /// - Throws: ``PlannerError`` `UNSUPPORTED`.
    package func requireOwned(_ model: Model) throws(PlannerError) {
        guard let tenancy, tenancy.value != .all, model.tenant == nil, model.definition.isMadeForLinks,
            !tenancy.references(of: model.id).isEmpty
        else { return }
        throw PlannerError(
            .unsupported,
            "\(model.name) links records of tenants and says of no link whose it is, so it can be followed and not asked for. Give the relation a \"through\" model with a \"tenant\".",
            model: model.name)
    }
}

// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

/// What may be shown of records that a request comes to by way of relations, where that isn't for everybody to see: decided for each
/// relation when a request is resolved, ahead of all statements, whatever filter, scope or function has named the relation.
package struct RelatedAccess: Sendable {
    /// How a request comes to a relation's records.
    package enum Place: Sendable, Hashable {
        /// They are shown, as many as there are.
        case list
        /// The one there is is shown.
        case record
        /// They are asked about: by a condition, or an order.
        case condition
        /// The links to them are shown.
        case links
    }

    /// Decides.
    ///
    /// It gets the relation, the model of the records (that of the links at ``Place/links``), and the place; gives the `where` that records
    /// have to meet, nil for none; and throws what the answer is where none may be shown.
    package typealias Decide =
        @Sendable (_ relation: Relation, _ model: Model, _ place: Place) throws(PlannerError) -> JSONValue?

    private let decide: Decide
    private let hidden: [Model.ID: Set<Property.ID>]

    /// - Parameter hidden: properties that are shown nowhere.
    package init(hiding hidden: [Model.ID: Set<Property.ID>] = [:], _ decide: @escaping Decide) {
        self.decide = decide
        self.hidden = hidden
    }

    /// What records at a place have to meet; nil for nothing.
    func condition(
        _ relation: Relation, _ model: Model, _ place: Place, _ scoped: ScopedSchema
    ) throws(PlannerError) -> Condition? {
        // What is kept in the record's own row is the record's, and as open as the property that it is kept in.
        if let embedded = relation.embedded {
            guard hidden[relation.source]?.contains(embedded) != true else {
                throw PlannerError(
                    .prohibitedProperty, "The records of \(relation.name) may not be seen.", model: model.name,
                    relation: relation.name)
            }
            return nil
        }
        guard let json = try decide(relation, model, place) else { return nil }
        var own = scoped
        own.related = nil
        let scope = try own.schema.scope(.object([.init("where", json)]), ["access"], at: model, .root)
        return try own.resolve(scope.condition, model, DefaultScopes(own))
    }

    /// Whether a property is shown nowhere.
    func hides(_ property: Property.ID, of model: Model) -> Bool { hidden[model.id]?.contains(property) == true }

    /// The fields that are shown.
    func shown(_ fields: [Property.ID]?, of model: Model, isNested: Bool) -> [Property.ID]? {
        guard let hidden = hidden[model.id], !hidden.isEmpty else { return fields }
        let all =
            fields ?? model.properties.filter { !$0.isHidden && !(isNested && $0.isProtected) }.map(\.id)
        return all.filter { !hidden.contains($0) }
    }
}

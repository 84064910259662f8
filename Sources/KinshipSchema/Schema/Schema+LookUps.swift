// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

// What ids stand for. One of another schema that this one has no such thing for is an error of the program's, not a trap.
extension Schema {
    /// The model with an id of this schema.
    ///
    /// ```swift
    /// let target = try relation.target.map { try schema.model($0) }
    /// ```
    ///
    /// - Throws: ``PlannerError`` `UNKNOWN_MODEL` for an id of another schema that this one has no model for.
    public func model(_ id: Model.ID) throws(PlannerError) -> Model {
        guard let model = models.element(id) else {
            throw PlannerError(
                .unknownModel,
                "The schema has no model with the id \(id); it has \(models.count). Ids are those of the schema they were taken from."
            )
        }
        return model
    }

    /// A relation as this schema has it.
    ///
    /// - Throws: ``PlannerError`` `UNKNOWN_MODEL` or `UNKNOWN_RELATION` for one of another schema.
    package func known(_ relation: Relation) throws(PlannerError) -> Relation {
        let source = try model(relation.source)
        let known = try source.relation(relation.id)
        guard known.name == relation.name else { throw source.noRelation(relation.id) }
        return known
    }
}

extension Model {
    /// The property with an id of this model.
    ///
    /// ```swift
    /// let key = try order.primaryKey.map { try order.property($0).column }
    /// ```
    ///
    /// - Throws: ``PlannerError`` `UNKNOWN_PROPERTY` for an id of another model that this one has no property for.
    public func property(_ id: Property.ID) throws(PlannerError) -> Property {
        guard let property = properties.element(id) else {
            throw PlannerError(
                .unknownProperty,
                "\(name) has no property with the id \(id); it has \(properties.count). Ids are those of the model they were taken from.",
                model: name)
        }
        return property
    }

    /// The relation with an id of this model.
    ///
    /// - Throws: ``PlannerError`` `UNKNOWN_RELATION` for an id of another model that this one has no relation for.
    public func relation(_ id: Relation.ID) throws(PlannerError) -> Relation {
        guard let relation = relations.element(id) else { throw noRelation(id) }
        return relation
    }

    fileprivate func noRelation(_ id: Relation.ID) -> PlannerError {
        PlannerError(
            .unknownRelation,
            "\(name) has no such relation with the id \(id). Ids are those of the model they were taken from.",
            model: name)
    }
}

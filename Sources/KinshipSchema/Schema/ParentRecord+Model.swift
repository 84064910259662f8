// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

extension ParentRecord {
    /// A record of a model.
    ///
    /// - Parameter read: gives a property's value.
    public convenience init(
        of model: Model, read: @escaping @Sendable (Property.ID) throws(PlannerError) -> JSONValue
    ) {
        self.init(model.name) { (property) throws(PlannerError) in try read(try model.idOfRead(property)) }
    }
}

extension Model {
    /// The property that the function of a scope reads by its name.
    ///
    /// - Throws: ``PlannerError`` `UNKNOWN_PROPERTY` where there is none.
    package func idOfRead(_ name: String) throws(PlannerError) -> Property.ID {
        guard let id = propertyIDs[name] else {
            throw PlannerError(
                .unknownProperty,
                "\(self.name) has no property \"\(name)\", which the function reads.\(suggestion(forProperty: name))",
                model: self.name, property: name)
        }
        return id
    }
}

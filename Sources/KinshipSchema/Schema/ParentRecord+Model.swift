// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

extension ParentRecord {
    /// A record of a model.
    ///
    /// - Parameter read: gives a property's value.
    public convenience init(
        of model: Model, read: @escaping @Sendable (Property.ID) throws(PlannerError) -> JSONValue
    ) {
        self.init(model.name) { (property) throws(PlannerError) in
            guard let id = model.propertyIDs[property] else {
                throw PlannerError(
                    .unknownProperty,
                    "\(model.name) has no property \"\(property)\", which the function reads.\(model.suggestion(forProperty: property))",
                    model: model.name, property: property)
            }
            return try read(id)
        }
    }
}

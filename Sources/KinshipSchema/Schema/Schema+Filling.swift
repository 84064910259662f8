// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

extension Schema {
    /// How the database fills a property's column; as far as the definition says where the catalog isn't known.
    package func filling(of property: Property, in model: Model) -> Catalog.Column.Filling {
        if model.isPersisted, let column = catalog?.table(model.tableSchema, model.table)?.columns[property.column] {
            return column.filling
        }
        if property.definition.generatedExpression != nil { return .generated }
        if let identity = property.definition.identity { return identity == .always ? .identityAlways : .identity }
        return property.isGenerated ? .identity : .none
    }
}

// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

extension Model {
    /// What a number about rows is called, and of which type it is.
    package typealias Number = (name: String, kind: Property.Kind, type: ColumnType)

    /// The numbers about some rows as one row, so that conditions on them are read and written as those on any other row.
    ///
    /// It is in no schema, and has neither key nor relations.
    package static func ofNumbers(_ name: String, _ numbers: [Number]) -> Model {
        let properties = numbers.enumerated().map { position, number in
            Property(
                id: Property.ID(position), name: number.name, kind: number.kind, column: "number\(position + 1)",
                columnType: number.type, isTypeAssumed: false, isNullable: true, isHidden: false, isProtected: false,
                isGenerated: true, isRequired: false, isImplied: false,
                boxedDefinition: .box(PropertyDefinition(number.name, number.kind)))
        }
        return Model(
            id: Model.ID(0), name: name, plural: name, tableSchema: "", table: "", isPersisted: true,
            properties: properties, primaryKey: [], relations: [], strictness: .allow,
            boxedDefinition: .box(ModelDefinition(name)), hiddenNames: [], protectedNames: [],
            propertyIDs: Dictionary(properties.map { ($0.name, $0.id) }, uniquingKeysWith: { first, _ in first }),
            relationIDs: [:], alternateName: nil)
    }
}

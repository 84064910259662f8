// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

/// A property of a model and the column it is kept in.
public struct Property: Sendable, Hashable {
    /// Which property of a model it is.
    public typealias ID = Identifier<Property>

    /// LoopBack's property types.
    public typealias Kind = PropertyKind

    /// Which of ``Model/properties`` it is.
    public let id: ID
    /// The name in filters and results.
    public let name: String
    /// LoopBack's type.
    public let kind: Kind
    /// The column, as the database has it.
    public let column: String
    /// The column's type: from the database's catalog when it is known, else as the definition says.
    public package(set) var columnType: ColumnType
    /// Whether the column's type is only LoopBack's default for the kind: no definition and no catalog named it.
    public internal(set) var isTypeAssumed: Bool
    /// Whether the column may hold NULL, as far as it is known.
    public internal(set) var isNullable: Bool
    /// Whether it never leaves the process.
    public let isHidden: Bool
    /// Shown at the root of a result only, and not to be asked about inside includes.
    public let isProtected: Bool
    /// Whether the database makes the value.
    public let isGenerated: Bool
    /// Whether records must have a value.
    public let isRequired: Bool
    /// A property that only a relation brought in (a foreign key not listed, the list of a referencesMany).
    public let isImplied: Bool
    /// The definition the property was made of.
    public var definition: PropertyDefinition { boxedDefinition.value }
    let boxedDefinition: Boxed<PropertyDefinition>
}

extension Property {
    /// Whether it holds numbers of which nobody has said the type: of a model without a table, LoopBack's INTEGER is no more
    /// than a name for `number`.
    package func isOfAnyNumber(in model: Model) -> Bool { isTypeAssumed && columnType.isNumeric && !model.isPersisted }
}

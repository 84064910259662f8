// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

/// A foreign key constraint that a definition asks for.
public struct ForeignKeyDefinition: Sendable, Hashable {
    /// The name.
    public var name: String
    /// The referenced model.
    public var entity: String
    /// The referenced property or column names.
    public var entityKey: [String]
    /// The referencing property or column names.
    public var foreignKey: [String]
    /// The action when the referenced row is deleted.
    public var onDelete: String?
    /// The action when the referenced key changes.
    public var onUpdate: String?

    /// A constraint.
    public init(
        name: String, entity: String, entityKey: [String], foreignKey: [String], onDelete: String? = nil,
        onUpdate: String? = nil
    ) {
        self.name = name
        self.entity = entity
        self.entityKey = entityKey
        self.foreignKey = foreignKey
        self.onDelete = onDelete
        self.onUpdate = onUpdate
    }
}

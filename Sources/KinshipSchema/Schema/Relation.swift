// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

/// A relation of a checked schema, its models and keys resolved.
public struct Relation: Sendable {
    /// Which relation of a model it is.
    public typealias ID = Identifier<Relation>

    /// The relation types.
    public typealias Kind = RelationKind

    /// Which of ``Model/relations`` it is.
    public let id: ID
    /// The name in includes and conditions.
    public let name: String
    /// The relation type.
    public let kind: Kind
    /// The model that has the relation.
    public let source: Model.ID
    /// The target; nil for a polymorphic belongsTo.
    public let target: Model.ID?
    /// Join keys on the source (its foreign key for belongsTo and referencesMany, else its primary or unique key).
    public let sourceKey: [Property.ID]
    /// Join keys on the target (belongsTo: its primary or unique key; hasOne, hasMany: the foreign key; through and
    /// referencesMany: the key that links point at). Empty for a polymorphic belongsTo and for embeds.
    public let targetKey: [Property.ID]
    /// The link model of a many-to-many relation.
    public internal(set) var through: Through?
    /// Set for relations to or from models of several types.
    public let polymorphic: Polymorphic?
    /// The property of the source that holds the embedded object or array.
    public let embedded: Property.ID?
    /// `options.disableInclude`.
    public let includeDisabled: Bool
    /// Whether what it leads to never leaves the process: its name is among the hidden properties.
    public internal(set) var isHidden = false
    /// Whether what it leads to is shown at the root of a result only.
    public internal(set) var isProtected = false
    /// The definition the relation was made of: copied properties, options of embedded relations and the like.
    public var definition: RelationDefinition { boxedDefinition.value }
    let boxedDefinition: Boxed<RelationDefinition>

    /// Whether the relation's scope is a function of the record it starts from (D11).
    public var hasScopeFunction: Bool { boxedDefinition.value.scopeFunction != nil }

    /// Whether it may write more than keys and what statements copy: a function's values, copies in embedded records, or the copy
    /// of a target that its owner embeds.
    package var mayFill: Bool {
        boxedDefinition.value.propertiesFunction != nil || boxedDefinition.value.embedsProperties
            || (embedded != nil && !boxedDefinition.value.properties.isEmpty)
    }

    /// Whether there can be several targets.
    public var isToMany: Bool { kind.isToMany }

    /// A polymorphic belongsTo as it is where its row's type is that of a model; nil for other relations, and for models that it can't
    /// lead to.
    package func leading(to target: Model.ID) -> Relation? {
        guard kind == .belongsTo, let polymorphic, let place = polymorphic.targets.firstIndex(of: target) else {
            return nil
        }
        return Relation(
            id: id, name: name, kind: kind, source: source, target: target, sourceKey: sourceKey,
            targetKey: [polymorphic.targetKeys[place]], through: nil, polymorphic: polymorphic, embedded: nil,
            includeDisabled: includeDisabled, isHidden: isHidden, isProtected: isProtected,
            boxedDefinition: boxedDefinition)
    }

    /// The link model and its two keys.
    public struct Through: Sendable {
        /// The link model.
        public let model: Model.ID
        /// Keys of the link that point at the source.
        public let sourceKey: [Property.ID]
        /// Keys of the link that point at the target.
        public let targetKey: [Property.ID]
    }

    /// Where the type of a polymorphic relation is written.
    public struct Polymorphic: Sendable {
        /// The discriminator's property: of the source for belongsTo, of the target for hasOne and hasMany, of the
        /// link model for through.
        public let discriminator: Property.ID
        /// The model name the discriminator must hold; nil for belongsTo.
        public let typeName: String?
        /// The targets a belongsTo can have: every persisted model of the schema that has the key `idName` names.
        public let targets: [Model.ID]
        /// That key, for each target.
        public let targetKeys: [Property.ID]
    }
}

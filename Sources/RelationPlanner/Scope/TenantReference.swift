// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

/// Properties whose values refer to records of a tenant.
package struct TenantReference: Sendable, Hashable {
    /// The properties that have the key.
    package let holders: [Property.ID]
    /// The model whose records they refer to, and the key's properties there.
    package let target: Model.ID
    package let properties: [Property.ID]
    /// What has the name of the model, where several can be referred to, and that name.
    package let type: Property.ID?
    package let typeName: String
    /// Whether it is a list of keys.
    package let isList: Bool
    /// The property that keeps the records which have the key, where they are embedded.
    package let embedded: Property.ID?
    /// The names of the embedded records' members that have the key, and of the one that has the model's name.
    package let members: [String]
    package let typeMember: String?
    /// Whether the model hasn't all of the properties: whom the rest refers to it can't say.
    package var isPartial = false

    private init(
        _ holders: [Property.ID], _ target: Model.ID, _ properties: [Property.ID], type: Property.ID? = nil,
        typeName: String = "", isList: Bool = false, embedded: Property.ID? = nil, members: [String] = [],
        typeMember: String? = nil
    ) {
        (self.holders, self.target, self.properties) = (holders, target, properties)
        (self.type, self.typeName, self.isList) = (type, typeName, isList)
        (self.embedded, self.members, self.typeMember) = (embedded, members, typeMember)
    }

    /// Those of all models: what their own relations say, and what those of others say of them.
    static func all(in schema: Schema) -> [Model.ID: [TenantReference]] {
        var found: [Model.ID: [TenantReference]] = [:]
        var tables: [[String]: [Model]] = [:]
        for model in schema.models where model.isPersisted {
            tables[[model.tableSchema, model.table], default: []].append(model)
        }
        func add(_ reference: TenantReference, _ holder: Model.ID) {
            let own = schema[holder]
            guard schema[reference.target].tenant != nil, own.isPersisted,
                reference.holders.count == reference.properties.count || reference.embedded != nil
            else { return }
            // Other models of the table write the same columns.
            for model in tables[[own.tableSchema, own.table]] ?? [own] {
                guard let copy = reference.held(by: model, as: own), found[model.id]?.contains(copy) != true else {
                    continue
                }
                found[model.id, default: []].append(copy)
            }
        }
        for model in schema.models {
            for relation in model.relations {
                for (reference, holder) in said(by: relation, of: model, schema) { add(reference, holder) }
                guard let property = relation.embedded, let target = relation.target else { continue }
                for inner in schema[target].relations {
                    for reference in kept(by: inner, of: schema[target], in: property, schema) {
                        add(reference, model.id)
                    }
                }
            }
        }
        return found
    }

    /// The same of another model of the table; nil where that has none of the columns.
    private func held(by model: Model, as own: Model) -> TenantReference? {
        guard model.id != own.id else { return self }
        let holders = holders.compactMap { model.counterpart($0, of: own) }
        let type = type.flatMap { model.counterpart($0, of: own) }
        let embedded = embedded.flatMap { model.counterpart($0, of: own) }
        if self.embedded != nil, embedded == nil { return nil }
        if self.embedded == nil, holders.isEmpty, type == nil { return nil }
        var copy = TenantReference(
            holders, target, properties, type: type, typeName: typeName, isList: isList, embedded: embedded,
            members: members, typeMember: typeMember)
        copy.isPartial = isPartial || holders.count < self.holders.count || (type == nil) != (self.type == nil)
        return copy
    }

    /// What a relation says of properties that refer to others.
    private static func said(
        by relation: Relation, of model: Model, _ schema: Schema
    ) -> [(TenantReference, holder: Model.ID)] {
        if let through = relation.through, let target = relation.target {
            let (type, name) = (relation.polymorphic?.discriminator, relation.polymorphic?.typeName ?? "")
            // Which of the two keys the type is of depends on the side that is written: of the other it says nothing.
            let isInverted = relation.definition.invert
            return [
                (
                    TenantReference(
                        through.sourceKey, relation.source, relation.sourceKey, type: isInverted ? nil : type,
                        typeName: isInverted ? "" : name), through.model
                ),
                (
                    TenantReference(
                        through.targetKey, target, relation.targetKey, type: isInverted ? type : nil,
                        typeName: isInverted ? name : ""), through.model
                ),
            ]
        }
        switch relation.kind {
        case .belongsTo:
            if let target = relation.target {
                return [(TenantReference(relation.sourceKey, target, relation.targetKey), model.id)]
            }
            guard let polymorphic = relation.polymorphic else { return [] }
            return zip(polymorphic.targets, polymorphic.targetKeys).map { target, key in
                (
                    TenantReference(
                        relation.sourceKey, target, [key], type: polymorphic.discriminator,
                        typeName: schema[target].name), model.id
                )
            }
        case .referencesMany:
            guard let target = relation.target else { return [] }
            return [(TenantReference(relation.sourceKey, target, relation.targetKey, isList: true), model.id)]
        case .hasMany, .hasOne:
            guard let target = relation.target else { return [] }
            return [
                (
                    TenantReference(
                        relation.targetKey, relation.source, relation.sourceKey,
                        type: relation.polymorphic?.discriminator, typeName: relation.polymorphic?.typeName ?? ""),
                    target
                )
            ]
        default: return []
        }
    }

    /// What a relation of embedded records says of their members that refer to others.
    private static func kept(
        by relation: Relation, of model: Model, in property: Property.ID, _ schema: Schema
    ) -> [TenantReference] {
        let members = relation.sourceKey.map { model.properties[$0].name }
        switch relation.kind {
        case .belongsTo:
            if let target = relation.target {
                return [TenantReference([], target, relation.targetKey, embedded: property, members: members)]
            }
            guard let polymorphic = relation.polymorphic else { return [] }
            let type = model.properties[polymorphic.discriminator].name
            return zip(polymorphic.targets, polymorphic.targetKeys).map { target, key in
                TenantReference(
                    [], target, [key], typeName: schema[target].name, embedded: property, members: members,
                    typeMember: type)
            }
        case .referencesMany:
            guard let target = relation.target else { return [] }
            return [
                TenantReference([], target, relation.targetKey, isList: true, embedded: property, members: members)
            ]
        default: return []
        }
    }
}

// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Kinship
import RelationPlanner

/// What in models needs a relation or a property, beyond what can't be loaded without it.
struct MemberUses {
    private let schema: Schema
    private let removed: [MemberRemoval.Member]

    /// - Parameter removed: what goes, and so needs nothing any more.
    init(_ schema: Schema, besides removed: [MemberRemoval.Member]) { (self.schema, self.removed) = (schema, removed) }

    /// The names of what needs a member.
    func uses(of member: MemberRemoval.Member) -> [String] {
        guard let model = schema.model(member.model) else { return [] }
        switch member.kind {
        case .relation:
            guard let relation = model.relation(member.name) else { return [] }
            return others { needs($0, relation, of: model) } + settings(naming: member.name, of: model)
        case .property:
            guard let property = model.property(member.name) else { return [] }
            let key = model.primaryKey.contains(property.id) ? ["the key of \(model.name)"] : []
            return key + others { has($0, property, of: model) }
        case .scope: return []
        }
    }

    /// The relations that stay and of which something is true.
    private func others(_ isTrue: (Relation) -> Bool) -> [String] {
        schema.models.filter { !$0.definition.isMadeForLinks }.flatMap { model in
            model.relations.filter { !isRemoved($0, of: model) && isTrue($0) }.map { "\(model.name).\($0.name)" }
        }
    }

    private func isRemoved(_ relation: Relation, of model: Model) -> Bool {
        removed.contains { $0.kind == .relation && $0.model == model.name && $0.name == relation.name }
    }

    // MARK: Relations

    /// Whether a relation goes by the key that another one says: the way back of a belongsTo, or a way through its model.
    private func needs(_ other: Relation, _ relation: Relation, of model: Model) -> Bool {
        if other.target == model.id, other.definition.embeddedBelongsTo == relation.name { return true }
        guard relation.kind == .belongsTo else { return false }
        if let polymorphic = relation.polymorphic {
            let owner = other.through?.model ?? other.target
            return other.kind != .belongsTo && owner == model.id
                && other.polymorphic?.discriminator == polymorphic.discriminator
        }
        if let through = other.through {
            return through.model == model.id
                && (through.sourceKey == relation.sourceKey || through.targetKey == relation.sourceKey)
        }
        return (other.kind == .hasMany || other.kind == .hasOne) && other.polymorphic == nil
            && other.target == model.id && other.source == relation.target && other.targetKey == relation.sourceKey
    }

    /// Settings that name a relation: those of its owners, and access rules about its methods.
    private func settings(naming name: String, of model: Model) -> [String] {
        var found: [String] = []
        let owners = model.definition.settings["ownerRelations"]?.elements ?? []
        if owners.contains(where: { $0.text == name }) { found.append("\(model.name): ownerRelations") }
        let rules = model.definition.settings["acls"]?.elements ?? []
        let methods = rules.flatMap { rule -> [String] in
            guard let property = rule["property"] else { return [] }
            return property.text.map { [$0] } ?? (property.elements ?? []).compactMap(\.text)
        }
        if methods.contains(where: { $0.hasPrefix("__") && $0.hasSuffix("__\(name)") }) {
            found.append("\(model.name): acls")
        }
        return found
    }

    // MARK: Properties

    /// Whether a relation has a property for a key, a discriminator, its place, or a copy.
    private func has(_ relation: Relation, _ property: Property, of model: Model) -> Bool {
        let id = property.id
        let definition = relation.definition
        func names(_ copies: [RelationDefinition.Copy], _ isSource: Bool) -> Bool {
            copies.contains { (isSource ? $0.from : $0.to) == property.name }
        }
        let isInverted = definition.invertProperties
        if relation.source == model.id {
            if relation.sourceKey.contains(id) || relation.embedded == id { return true }
            if relation.kind == .belongsTo, relation.polymorphic?.discriminator == id { return true }
            if names(definition.properties, !isInverted) || names(definition.throughProperties, true) { return true }
        }
        if relation.target == model.id {
            if relation.targetKey.contains(id) { return true }
            if relation.kind == .hasMany || relation.kind == .hasOne, relation.polymorphic?.discriminator == id {
                return true
            }
            if names(definition.properties, isInverted) { return true }
        }
        guard let through = relation.through, through.model == model.id else { return false }
        return through.sourceKey.contains(id) || through.targetKey.contains(id)
            || relation.polymorphic?.discriminator == id || names(definition.throughProperties, false)
    }

    // MARK: Meanings

    /// The relations that stay and would mean something else.
    func changed(in new: Schema) -> [String] {
        schema.models.filter { !$0.definition.isMadeForLinks }.flatMap { model -> [String] in
            guard let other = new.model(model.name) else { return [] }
            return model.relations.compactMap { relation -> String? in
                guard !isRemoved(relation, of: model), let same = other.relation(relation.name),
                    Self.meaning(relation, of: model, in: schema) != Self.meaning(same, of: other, in: new)
                else { return nil }
                return "\(model.name).\(relation.name) would mean something else"
            }
        }
    }

    /// What a relation goes by, in words.
    private static func meaning(_ relation: Relation, of model: Model, in schema: Schema) -> String {
        let target = relation.target.map { schema[$0] }
        let link = relation.through.map { schema[$0.model] }
        func columns(_ keys: [Property.ID], _ owner: Model?) -> String {
            keys.compactMap { owner?.properties.element($0) }.map { "\($0.column) \($0.kind)" }.joined(separator: ",")
        }
        var words = ["\(relation.kind)", target?.name ?? "", columns(relation.sourceKey, model)]
        words.append(columns(relation.targetKey, target))
        if let link, let through = relation.through {
            words += [link.tableSchema, link.table, columns(through.sourceKey, link), columns(through.targetKey, link)]
        }
        return words.joined(separator: " ")
    }
}

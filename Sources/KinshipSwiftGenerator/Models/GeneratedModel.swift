// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import KinshipSchema

/// A property as a member of a struct.
struct GeneratedProperty {
    let property: Property
    /// The member's name.
    let name: String
    let type: SwiftType
    let isOptional: Bool
    let isKey: Bool

    /// The member's type.
    var typeName: String { isOptional ? type.name + "?" : type.name }
}

/// A relation as a member of a struct.
struct GeneratedRelation {
    /// The form that it has.
    enum Form {
        /// `Many` or `One`.
        case plain(String)
        /// `Linked`, and the model of its links.
        case linked
        /// `OneOf`, and the models that it leads to.
        case oneOf(name: String, targets: [Model.ID])
    }

    let relation: Relation
    /// The member's name.
    let name: String
    let form: Form
    /// The member's type.
    let typeName: String
}

/// A model with the names that it has in Swift.
struct GeneratedModel {
    let model: Model
    /// The struct's name.
    let type: String
    /// What the struct has.
    private(set) var properties: [GeneratedProperty] = []
    /// What never leaves the process.
    private(set) var hidden: [(property: Property, type: SwiftType)] = []
    private(set) var relations: [GeneratedRelation] = []
    /// Relations that lead to nothing that may be shown.
    private(set) var hiddenRelations: [Relation] = []
    private var names: [Property.ID: String] = [:]
    private var taken: Set<String> = []

    init(_ model: Model, _ type: String, _ schema: Schema, _ enumerations: Enumerations, _ options: GeneratorOptions) {
        self.model = model
        self.type = type
        // What an embedded record is kept in is the relation's, unless the model lists it.
        let places = Set(model.relations.compactMap(\.embedded))
        // Who has the name of the key shall have it in Swift too.
        if model.property("id")?.isHidden == false { taken.insert("id") }
        for property in model.properties where !(property.isImplied && places.contains(property.id)) {
            let type = SwiftType(property, of: model, schema, enumerations, options)
            if property.isHidden {
                hidden.append((property, type))
                continue
            }
            let isKey = model.primaryKey.contains(property.id)
            let name = property.name == "id" ? "id" : SwiftNames.member(property.name, taken: taken)
            taken.insert(name)
            names[property.id] = name
            properties.append(
                GeneratedProperty(
                    property: property, name: name, type: type,
                    // Embedded records may do without a key.
                    isOptional: isKey ? !model.isPersisted : property.isNullable, isKey: isKey))
        }
        // `id` is the key, and nothing else can be called so.
        taken.insert("id")
    }

    /// The members for the relations, once all models have their properties.
    mutating func addRelations(of models: GeneratedModels, taken types: Set<String>) {
        var types = types
        for relation in model.relations {
            if relation.isHidden {
                hiddenRelations.append(relation)
                continue
            }
            guard let form = form(of: relation, models, &types) else { continue }
            let name = SwiftNames.member(relation.name, taken: taken)
            taken.insert(name)
            relations.append(
                GeneratedRelation(
                    relation: relation, name: name, form: form,
                    typeName: typeName(of: relation, form, models)))
        }
    }

    /// The member that a property is; nil for one that the struct doesn't have.
    func name(of property: Property.ID) -> String? { names[property] }

    /// Where types of Foundation's are used.
    var foundation: ImportUse? {
        if properties.contains(where: \.type.needsFoundation) { return .shown }
        return hidden.contains { $0.type.needsFoundation } ? .inside : nil
    }

    private func form(
        of relation: Relation, _ models: GeneratedModels, _ types: inout Set<String>
    ) -> GeneratedRelation.Form? {
        guard relation.target != nil else {
            let targets = self.targets(of: relation, models)
            guard !targets.isEmpty else { return nil }
            let name = SwiftNames.type(relation.name, suffix: "Target", taken: types)
            types.insert(name.lowercased())
            return .oneOf(name: name, targets: targets)
        }
        if relation.kind == .hasManyThrough, let through = relation.through, let link = models.model(through.model),
            link.hasDataOfItsOwn(besides: through, relation.polymorphic)
        {
            return .linked
        }
        return .plain(relation.isToMany ? "Many" : "One")
    }

    private func typeName(
        of relation: Relation, _ form: GeneratedRelation.Form, _ models: GeneratedModels
    ) -> String {
        let target = relation.target.flatMap { models.model($0)?.type } ?? ""
        switch form {
        case .plain(let name): return "\(name)<\(target)>"
        case .linked:
            let link = relation.through.flatMap { models.model($0.model)?.type } ?? ""
            return "Linked<\(target), \(link)>"
        case .oneOf(let name, _): return "OneOf<\(name)>"
        }
    }

    /// Where a belongsTo to several models leads: to all that it can lead to, for a row may name any of them.
    private func targets(of relation: Relation, _ models: GeneratedModels) -> [Model.ID] {
        relation.polymorphic?.targets.filter { models.model($0) != nil } ?? []
    }

    /// Whether links say more than what they link.
    private func hasDataOfItsOwn(besides through: Relation.Through, _ polymorphic: Relation.Polymorphic?) -> Bool {
        let keys = Set(
            model.primaryKey + through.sourceKey + through.targetKey + [polymorphic?.discriminator].compactMap { $0 })
        return properties.contains { !keys.contains($0.property.id) }
    }
}

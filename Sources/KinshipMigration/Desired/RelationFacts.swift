// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

/// What relations say of the columns of tables, whichever side says it.
struct RelationFacts {
    typealias Place = DesiredBuilder.Place
    typealias Tie = DesiredBuilder.Tie

    /// Some columns of a model.
    struct Columns: Hashable {
        var model: Model.ID
        var columns: [Property.ID]
    }

    /// A type and a key that together point at records of several models.
    struct Pair {
        var model: Model.ID
        var discriminator: Property.ID
        var key: [Property.ID]
        var kinds: Set<String> = []
        /// Whether each of the relations to it leads to one record.
        var isSingle = true
    }

    /// Columns that refer to a key, each pair once.
    private(set) var ties: [Tie] = []
    /// Which property takes its type from which.
    private(set) var typeOrigins: [Place: Place] = [:]
    /// Properties that hold the keys of several records, and that key.
    private(set) var keyLists: [Place: Place] = [:]
    /// Keys of one record at most.
    private(set) var single: [Columns] = []
    /// The keys of link models.
    private(set) var linkKeys: [Model.ID: Set<Property.ID>] = [:]
    private(set) var pairs: [Pair] = []
    private(set) var problems: [MigrationProblem] = []

    init(_ schema: Schema, _ persisted: Set<Model.ID>) {
        let relations = schema.models.filter { persisted.contains($0.id) }.flatMap(\.relations)
        var seen: Set<Tie> = []
        var plural: Set<Columns> = []
        var candidates: [Columns] = []
        for relation in relations where relation.embedded == nil {
            if let through = relation.through {
                addLink(relation, through, schema, persisted, &seen)
                continue
            }
            if relation.polymorphic != nil {
                addPolymorphic(relation, schema, persisted)
                continue
            }
            guard let target = relation.target, persisted.contains(target), !relation.targetKey.isEmpty,
                relation.targetKey.count == relation.sourceKey.count
            else { continue }
            switch relation.kind {
            case .belongsTo:
                tie(relation.source, relation.sourceKey, target, relation.targetKey, &seen)
            case .referencesMany:
                keyLists[Place(model: relation.source, property: relation.sourceKey[0])] = Place(
                    model: target, property: relation.targetKey[0])
            case .hasOne, .hasMany:
                tie(target, relation.targetKey, relation.source, relation.sourceKey, &seen)
                let columns = Columns(model: target, columns: relation.targetKey)
                if relation.kind == .hasMany {
                    plural.insert(columns)
                } else if relation.definition.scope == nil, relation.definition.scopeFunction == nil {
                    candidates.append(columns)
                }
            default: break
            }
        }
        leaveToTheirOwners(relations)
        for model in schema.models where persisted.contains(model.id) {
            for given in model.definition.foreignKeys { addTypes(given, model, schema, persisted) }
        }
        single = candidates.filter { !plural.contains($0) }
        // A pair that nothing leads to but its own relation may hold any number of records.
        for index in pairs.indices where pairs[index].kinds.isEmpty { pairs[index].isSingle = false }
        // A link's other keys are keys of it as well.
        for tie in ties where linkKeys[tie.source] != nil { linkKeys[tie.source]?.formUnion(tie.columns) }
        for pair in pairs where linkKeys[pair.model] != nil {
            linkKeys[pair.model]?.formUnion([pair.discriminator] + pair.key)
        }
    }

    /// Whom a key refers to its own model knows, where that has a belongsTo by it: a hasMany or hasOne of another model by the same key is how that
    /// one reads the records, such as `accessTokens` that `User` has beside a model of the program's own that the tokens belong to.
    private mutating func leaveToTheirOwners(_ relations: [Relation]) {
        var owned: [Columns: Set<Model.ID>] = [:]
        for relation in relations where relation.kind == .belongsTo && relation.polymorphic == nil {
            guard let target = relation.target else { continue }
            owned[Columns(model: relation.source, columns: relation.sourceKey), default: []].insert(target)
        }
        ties.removeAll { tie in
            owned[Columns(model: tie.source, columns: tie.columns)].map { !$0.contains(tie.target) } ?? false
        }
        for tie in ties {
            guard let targets = owned[Columns(model: tie.source, columns: tie.columns)] else { continue }
            for (own, other) in zip(tie.columns, tie.targetColumns) {
                let place = Place(model: tie.source, property: own)
                guard typeOrigins[place].map({ !targets.contains($0.model) }) ?? true else { continue }
                typeOrigins[place] = Place(model: tie.target, property: other)
            }
        }
    }

    /// A foreign key of the settings gives its columns the types of those they refer to, as a relation does.
    private mutating func addTypes(
        _ given: ForeignKeyDefinition, _ model: Model, _ schema: Schema, _ persisted: Set<Model.ID>
    ) {
        guard let target = schema.model(given.entity), persisted.contains(target.id) else { return }
        let own = given.foreignKey.compactMap { model.property(named: $0)?.id }
        let other =
            given.entityKey.isEmpty ? target.primaryKey : given.entityKey.compactMap { target.property(named: $0)?.id }
        guard own.count == given.foreignKey.count, own.count == other.count else { return }
        typed(model.id, own, by: target.id, other)
    }

    private mutating func tie(
        _ source: Model.ID, _ columns: [Property.ID], _ target: Model.ID, _ targetColumns: [Property.ID],
        _ seen: inout Set<Tie>
    ) {
        // The key of a record refers to nothing by being itself.
        guard source != target || columns != targetColumns else { return }
        let tie = Tie(source: source, columns: columns, target: target, targetColumns: targetColumns)
        guard seen.insert(tie).inserted else { return }
        ties.append(tie)
        for (own, other) in zip(columns, targetColumns) {
            let place = Place(model: source, property: own)
            if typeOrigins[place] == nil { typeOrigins[place] = Place(model: target, property: other) }
        }
    }

    private mutating func addLink(
        _ relation: Relation, _ through: Relation.Through, _ schema: Schema, _ persisted: Set<Model.ID>,
        _ seen: inout Set<Tie>
    ) {
        guard persisted.contains(through.model), let target = relation.target else { return }
        guard Set(through.sourceKey).isDisjoint(with: through.targetKey) else {
            let name = "\(schema[relation.source].name).\(relation.name)"
            problems.append(
                MigrationProblem(
                    .definition, name,
                    "\(name): a many-to-many relation of a model to itself needs foreignKey and keyThrough"))
            return
        }
        linkKeys[through.model, default: []].formUnion(through.sourceKey + through.targetKey)
        let invert = relation.definition.invert
        if let polymorphic = relation.polymorphic {
            let key = invert ? through.targetKey : through.sourceKey
            let owner = invert ? target : relation.source
            let ownerKey = invert ? relation.targetKey : relation.sourceKey
            linkKeys[through.model]?.insert(polymorphic.discriminator)
            addKind(
                through.model, polymorphic.discriminator, key, kind: polymorphic.typeName ?? schema[owner].name,
                isSingle: false)
            if persisted.contains(owner) { typed(through.model, key, by: owner, ownerKey) }
        }
        if relation.polymorphic == nil || invert, persisted.contains(relation.source) {
            tie(through.model, through.sourceKey, relation.source, relation.sourceKey, &seen)
        }
        if relation.polymorphic == nil || !invert, persisted.contains(target) {
            tie(through.model, through.targetKey, target, relation.targetKey, &seen)
        }
    }

    private mutating func addPolymorphic(_ relation: Relation, _ schema: Schema, _ persisted: Set<Model.ID>) {
        guard let polymorphic = relation.polymorphic else { return }
        if relation.kind == .belongsTo {
            addKind(relation.source, polymorphic.discriminator, relation.sourceKey, kind: nil, isSingle: nil)
        } else if let target = relation.target, persisted.contains(target) {
            addKind(
                target, polymorphic.discriminator, relation.targetKey, kind: polymorphic.typeName,
                isSingle: relation.kind == .hasOne && relation.definition.scope == nil
                    && relation.definition.scopeFunction == nil)
            typed(target, relation.targetKey, by: relation.source, relation.sourceKey)
        }
    }

    private mutating func typed(
        _ model: Model.ID, _ key: [Property.ID], by owner: Model.ID, _ ownerKey: [Property.ID]
    ) {
        for (own, other) in zip(key, ownerKey) where typeOrigins[Place(model: model, property: own)] == nil {
            typeOrigins[Place(model: model, property: own)] = Place(model: owner, property: other)
        }
    }

    private mutating func addKind(
        _ model: Model.ID, _ discriminator: Property.ID, _ key: [Property.ID], kind: String?, isSingle: Bool?
    ) {
        let place = pairs.firstIndex {
            $0.model == model && $0.discriminator == discriminator && $0.key == key
        }
        var pair = place.map { pairs[$0] } ?? Pair(model: model, discriminator: discriminator, key: key)
        if let kind { pair.kinds.insert(kind) }
        if let isSingle { pair.isSingle = pair.isSingle && isSingle }
        if let place { pairs[place] = pair } else { pairs.append(pair) }
    }
}

extension Model {
    /// The property that a definition means by its name, or by that of its column.
    func property(named text: String) -> Property? {
        property(text) ?? properties.first { $0.column == text }
            ?? properties.first { $0.column == text.lowercased() }
    }
}

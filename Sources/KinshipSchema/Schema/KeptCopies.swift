// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

/// The copies of a schema that are kept right (`sync`): each stands where the key stands by which its source is found.
package struct KeptCopies: Sendable {
    /// What rows of one model copy of the row of another one that they refer to.
    package struct Group: Sendable, Hashable {
        /// Two properties, the holder's and the source's.
        package struct Pair: Sendable, Hashable {
            package let holder: Property.ID
            package let source: Property.ID

            package init(holder: Property.ID, source: Property.ID) { (self.holder, self.source) = (holder, source) }
        }

        /// The model whose rows have the copies.
        package let holder: Model.ID
        /// The model whose values they are.
        package let source: Model.ID
        /// The key that refers to the source.
        package let key: [Pair]
        /// The property that has to have the name of a type, of polymorphic relations.
        package let type: Property.ID?
        /// That name.
        package let typeName: String?
        /// Whether names of types are the same in any case, as a belongsTo is followed (D18).
        package internal(set) var foldsType = false
        /// What is copied.
        package internal(set) var copies: [Pair]
    }

    /// Properties by which a model that has not all of a table's columns could make copies wrong, which it can't see to.
    package struct Unkept: Sendable, Hashable {
        /// The model.
        package let model: Model.ID
        /// The properties: parts of a key, copies, or what is copied.
        package let properties: Set<Property.ID>
        /// The model that has the rest.
        package let other: Model.ID
    }

    /// All of them, as relations say them.
    package internal(set) var groups: [Group] = []
    /// The same by each model whose rows they are in, or come from: several models can be kept in one table.
    private var held: [Model.ID: [Group]] = [:]
    private var taken: [Model.ID: [Group]] = [:]
    private var unkept: [Model.ID: [Unkept]] = [:]

    /// Those that rows of a model have.
    package func held(by model: Model.ID) -> [Group] { held[model] ?? [] }

    /// Those that others have of rows of a model.
    package func taken(from model: Model.ID) -> [Group] { taken[model] ?? [] }

    /// What may not be written by way of a model.
    package func unkept(by model: Model.ID) -> [Unkept] { unkept[model] ?? [] }

    /// Finds out which models write the rows that have copies, or are copied.
    mutating func spread(over schema: Schema) {
        guard !groups.isEmpty else { return }
        var models: [[String]: [Model]] = [:]
        for model in schema.models where model.isPersisted {
            models[[model.tableSchema, model.table], default: []].append(model)
        }
        func sameTable(as id: Model.ID) -> [Model] {
            let own = schema[id]
            return models[[own.tableSchema, own.table]] ?? [own]
        }
        for group in groups {
            let (holder, source) = (schema[group.holder], schema[group.source])
            for model in sameTable(as: group.holder) {
                func same(_ id: Property.ID) -> Property.ID? { model.counterpart(id, of: holder) }
                let key = group.key.compactMap { pair in
                    same(pair.holder).map { Group.Pair(holder: $0, source: pair.source) }
                }
                let copies = group.copies.compactMap { pair in
                    same(pair.holder).map { Group.Pair(holder: $0, source: pair.source) }
                }
                let type = group.type.flatMap(same)
                guard key.count == group.key.count, copies.count == group.copies.count,
                    (type == nil) == (group.type == nil)
                else {
                    note(
                        key.map(\.holder) + copies.map(\.holder) + (type.map { [$0] } ?? []), of: model, holder)
                    continue
                }
                let own = Group(
                    holder: model.id, source: group.source, key: key, type: type, typeName: group.typeName,
                    foldsType: group.foldsType, copies: copies)
                if !held(by: model.id).contains(own) { held[model.id, default: []].append(own) }
            }
            for model in sameTable(as: group.source) {
                func same(_ pair: Group.Pair) -> Group.Pair? {
                    model.counterpart(pair.source, of: source).map { Group.Pair(holder: pair.holder, source: $0) }
                }
                // What it hasn't it doesn't change.
                let (key, copies) = (group.key.compactMap(same), group.copies.compactMap(same))
                guard key.count == group.key.count else {
                    note(key.map(\.source) + copies.map(\.source), of: model, source)
                    continue
                }
                guard !copies.isEmpty else { continue }
                let own = Group(
                    holder: group.holder, source: model.id, key: key, type: group.type, typeName: group.typeName,
                    foldsType: group.foldsType, copies: copies)
                if !taken(from: model.id).contains(own) { taken[model.id, default: []].append(own) }
            }
        }
    }

    private mutating func note(_ properties: [Property.ID], of model: Model, _ other: Model) {
        guard !properties.isEmpty else { return }
        unkept[model.id, default: []].append(
            Unkept(model: model.id, properties: Set(properties), other: other.id))
    }
}

extension Model {
    /// The property of this model that is in the same column as one of another model of the same table.
    package func counterpart(_ id: Property.ID, of other: Model) -> Property.ID? {
        guard other.id != self.id else { return id }
        let column = other.properties[id].column
        return properties.first { $0.column == column }?.id
    }
}

// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

/// Models with relations, as a database suggests them.
///
/// ```swift
/// let found = DiscoveredModels(of: catalog, notes: notes)
/// for model in found.models { print(model.name, model.json) }
/// ```
///
/// Foreign keys become belongsTo and their inverse, hasMany or hasOne; tables that link two others become relations through them; a column with the
/// name of a kind beside one with a key, and a list of keys, become relations that are guessed.
public struct DiscoveredModels: Sendable, Hashable {
    /// A model.
    public struct Model: Sendable, Hashable {
        /// Its name.
        public internal(set) var name: String
        /// Its table or view.
        public internal(set) var table: Catalog.TableName
        /// Whether it is a view: such a model has no key and no relations.
        public internal(set) var isView = false
        /// Its relations, in order.
        public internal(set) var relations: [Relation] = []

        /// An index on a type and a key that belong together.
        struct PairIndex: Sendable, Hashable {
            var pair: JSONValue
            var index: JSONValue.Member
        }

        var properties: [JSONValue.Member] = []
        var indexes: [JSONValue.Member] = []
        /// Indexes that migrations make for polymorphic pairs, each with the pair: said where there is no relation that has it.
        var pairIndexes: [PairIndex] = []
        /// Constraints that models say more of than relations do.
        var foreignKeys: [JSONValue.Member] = []
        /// Whether there is an `id`, that every model would have otherwise.
        var hasID = true
        var description: String?

        /// The model file.
        public var json: JSONValue {
            var members: [JSONValue.Member] = [
                .init("name", .string(name)), .init("base", "PersistedModel"), .init("idInjection", .bool(false)),
            ]
            if !hasID { members.append(.init("excludeBaseProperties", .array(["id"]))) }
            if let description { members.append(.init("description", .string(description))) }
            var mapping: [JSONValue.Member] = [
                .init("schema", .string(table.schema)), .init("table", .string(table.name)),
            ]
            if isView { mapping.append(.init("view", .bool(true))) }
            members.append(.init("options", .object([.init("postgresql", .object(mapping))])))
            members.append(.init("properties", .object(properties)))
            let pairs = relations.filter { $0.json["type"] == "belongsTo" }.compactMap { $0.json["polymorphic"] }
            let all = indexes + pairIndexes.filter { !pairs.contains($0.pair) }.map(\.index)
            if !all.isEmpty { members.append(.init("indexes", .object(all))) }
            if !foreignKeys.isEmpty { members.append(.init("foreignKeys", .object(foreignKeys))) }
            members.append(.init("relations", .object(relations.map { .init($0.name, $0.json) })))
            return .object(members)
        }
    }

    /// A relation of a model.
    public struct Relation: Sendable, Hashable {
        /// Its name.
        public internal(set) var name: String
        /// Its definition.
        public internal(set) var json: JSONValue
        /// Why it is there although no constraint proves it; nil where one does.
        public internal(set) var guess: String?
        /// Model and name of its opposite; nil where there is none, or more than one.
        public internal(set) var inverse: String?
    }

    /// The models, in the order of their names.
    public internal(set) var models: [Model] = []
    /// What could be a relation and isn't made one, in a sentence each.
    public internal(set) var offers: [String] = []
    /// What the database has and models can't say, so that tables that are made of them don't have it.
    public internal(set) var losses: [DiscoveryLoss] = []

    /// The same without relations that no constraint proves.
    public var proven: DiscoveredModels {
        var models = self
        for index in models.models.indices { models.models[index].relations.removeAll { $0.guess != nil } }
        return models
    }

    /// The models of some tables.
    ///
    /// - Parameters:
    ///   - catalog: the tables; those of migrations' history are left out.
    ///   - notes: what else is known of the database.
    ///   - schemas: the schemas to look at; all of them if nil.
    public init(of catalog: TableCatalog, notes: DiscoveryNotes = .init(), schemas: Set<String>? = nil) {
        var discovery = Discovery(catalog, notes, schemas)
        discovery.run()
        models = discovery.drafts.map(\.model).sorted { $0.name < $1.name }
        offers = discovery.offers
        losses = discovery.losses
    }
}

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

        var properties: [JSONValue.Member] = []
        var indexes: [JSONValue.Member] = []
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
            members.append(
                .init(
                    "options",
                    .object([
                        .init(
                            "postgresql",
                            .object([.init("schema", .string(table.schema)), .init("table", .string(table.name))]))
                    ])))
            members.append(.init("properties", .object(properties)))
            if !indexes.isEmpty { members.append(.init("indexes", .object(indexes))) }
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
    }
}

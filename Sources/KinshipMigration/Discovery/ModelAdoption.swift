// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

/// What a discovery adds to model files that are there, whatever people have called things.
///
/// A model is known by its table, a property by its column, a relation by its kind, keys and target; never by name.
public struct ModelAdoption: Sendable, Hashable {
    /// A property or relation that a file gets.
    public struct Addition: Sendable, Hashable {
        /// What it is called in the file.
        public var name: String
        /// Its definition.
        public var json: JSONValue
        /// What it was found as: the name is another one where that is taken.
        public var found: String
    }

    /// A model file as it becomes.
    public struct File: Sendable, Hashable {
        /// The model's name.
        public var name: String
        /// The table or view that it is of.
        public var table: Catalog.TableName
        /// Which of the files it was; nil for a new one.
        public var index: Int?
        /// The definition.
        public var json: JSONValue
        /// The properties that it gets; all of them where it is new.
        public var properties: [Addition] = []
        /// The relations that it gets; all of them where it is new.
        public var relations: [Addition] = []

        /// What is added to a file that was there: `property age`, `relation orders`.
        public var additions: [String] {
            guard index != nil else { return [] }
            return properties.map { "property \($0.name)" } + relations.map { "relation \($0.name)" }
        }
    }

    /// All models found, in the order of their names.
    public private(set) var files: [File] = []

    private let found: DiscoveredModels
    private let existing: [JSONValue]
    /// Which file has the table of a model found.
    private var places: [String: Int] = [:]

    /// What becomes of files.
    ///
    /// - Parameters:
    ///   - found: what the database suggests.
    ///   - existing: the definitions of the files.
    public init(of found: DiscoveredModels, into existing: [JSONValue]) {
        (self.found, self.existing) = (found, existing)
        for model in found.models {
            places[model.name] = existing.firstIndex { Self.isTable(model.table, of: $0) }
        }
        files = found.models.map(file)
    }

    // MARK: Models

    private func file(_ model: DiscoveredModels.Model) -> File {
        guard let place = places[model.name] else {
            // Its relations point at what people have called their models.
            var file = File(name: model.name, table: model.table, index: nil, json: model.json)
            file.properties = model.properties.map { Addition(name: $0.key, json: $0.value, found: $0.key) }
            file.relations = model.relations.map {
                Addition(name: $0.name, json: translated($0.json, of: model), found: $0.name)
            }
            var members = model.json.members ?? []
            for index in members.indices where members[index].key == "relations" {
                members[index].value = .object(file.relations.map { .init($0.name, $0.json) })
            }
            for index in members.indices where members[index].key == "foreignKeys" {
                members[index].value = .object(model.foreignKeys.map { .init($0.key, translated($0.value)) })
            }
            file.json = .object(members)
            return file
        }
        var file = File(name: name(of: model.name), table: model.table, index: place, json: existing[place])
        let knownRelations = Self.relations(of: existing[place])
        var taken = Set((existing[place]["properties"]?.members ?? []).map(\.key))
        taken.formUnion(knownRelations.map(\.key))
        for member in model.properties where property(member.key, of: model.name, isKnown: true) == nil {
            let name = Discovery.free(member.key, beside: taken)
            taken.insert(name)
            file.properties.append(Addition(name: name, json: member.value, found: member.key))
        }
        for relation in model.relations {
            let json = translated(relation.json, of: model)
            guard !knownRelations.contains(where: { isSame($0.value, json) }) else { continue }
            let name = Discovery.free(relation.name, beside: taken)
            taken.insert(name)
            file.relations.append(Addition(name: name, json: json, found: relation.name))
        }
        file.json = Self.adding(
            file.relations, to: Self.relationsKey(of: file.json),
            of: Self.adding(file.properties, to: "properties", of: file.json))
        return file
    }

    /// LoopBack knows relations by two names.
    private static func relationsKey(of json: JSONValue) -> String {
        json["relations"] == nil && json["relationships"] != nil ? "relationships" : "relations"
    }

    private static func relations(of json: JSONValue) -> [JSONValue.Member] {
        json[relationsKey(of: json)]?.members ?? []
    }

    private static func adding(_ additions: [Addition], to key: String, of json: JSONValue) -> JSONValue {
        guard !additions.isEmpty, var members = json.members else { return json }
        let new = additions.map { JSONValue.Member($0.name, $0.json) }
        if let index = members.firstIndex(where: { $0.key == key }) {
            members[index].value = .object((members[index].value.members ?? []) + new)
        } else {
            members.append(.init(key, .object(new)))
        }
        return .object(members)
    }

    /// Whether a definition is of a table: where it names none, it is that of its name.
    private static func isTable(_ table: Catalog.TableName, of json: JSONValue) -> Bool {
        let mapping = json["options"]?["postgresql"] ?? json["postgresql"]
        let name = mapping?["table"]?.text ?? json["name"]?.text?.lowercased()
        return name == table.name && (mapping?["schema"]?.text ?? "public") == table.schema
    }

    // MARK: Names

    private func name(of model: String) -> String {
        places[model].flatMap { existing[$0]["name"]?.text } ?? model
    }

    /// What a property of a model found is called in the file of the model.
    private func property(_ name: String, of model: String, isKnown: Bool = false) -> String? {
        guard let place = places[model] else { return isKnown ? nil : name }
        let found = found.models.first { $0.name == model }
        let column = found?.properties.first { $0.key == name }?.value["postgresql"]?["columnName"]?.text
        let known = (existing[place]["properties"]?.members ?? []).first { member in
            (member.value["postgresql"]?["columnName"]?.text ?? member.key.lowercased()) == column
                || member.value["columnName"]?.text == column
        }?.key
        // LoopBack's own id.
        let injected = column == "id" && existing[place]["idInjection"] != .bool(false) ? "id" : nil
        return known ?? injected ?? (isKnown ? nil : name)
    }

    // MARK: Relations

    /// A relation in the words of the files.
    private func translated(_ json: JSONValue, of model: DiscoveredModels.Model) -> JSONValue {
        let type = json["type"]?.text
        let target = json["model"]?.text
        let through = json["through"]?.text
        let isOwner = type == "belongsTo" || type == "referencesMany"
        let keeper = isOwner ? model.name : through ?? target ?? model.name
        return .object(
            (json.members ?? []).map { member in
                switch member.key {
                case "model", "through": .init(member.key, .string(name(of: member.value.text ?? "")))
                case "foreignKey": .init(member.key, renamed(member.value, of: keeper))
                case "keyThrough": .init(member.key, renamed(member.value, of: through ?? keeper))
                case "primaryKey":
                    .init(member.key, renamed(member.value, of: isOwner ? target ?? model.name : model.name))
                case "polymorphic":
                    .init(
                        member.key,
                        .object((member.value.members ?? []).map { .init($0.key, renamed($0.value, of: keeper)) }))
                default: member
                }
            })
    }

    /// A foreign key of a new file in the words of the others.
    private func translated(_ json: JSONValue) -> JSONValue {
        let target = json["entity"]?.text ?? ""
        return .object(
            (json.members ?? []).map { member in
                switch member.key {
                case "entity": .init(member.key, .string(name(of: target)))
                case "entityKey": .init(member.key, renamed(member.value, of: target))
                default: member
                }
            })
    }

    /// The names of properties of a model found, as its file has them.
    private func renamed(_ value: JSONValue, of model: String) -> JSONValue {
        if let text = value.text { return .string(property(text, of: model) ?? text) }
        return .array((value.elements ?? []).map { renamed($0, of: model) })
    }

    /// Whether two definitions are the same relation.
    private func isSame(_ known: JSONValue, _ new: JSONValue) -> Bool {
        guard known["type"] == new["type"], known["through"] == new["through"] else { return false }
        if let polymorphic = new["polymorphic"] {
            guard let old = known["polymorphic"] else { return false }
            // A selector stands for both columns: `subject` for subjectId and subjectType.
            let selector = old.text ?? old["selector"]?.text ?? old["as"]?.text
            let isSelected = selector.map { polymorphic["foreignKey"]?.text == "\($0)Id" } ?? false
            return known["model"] == new["model"] && (isSelected || old["foreignKey"] == polymorphic["foreignKey"])
        }
        guard known["model"] == new["model"] else { return false }
        guard let key = known["foreignKey"], key != "" else {
            // LoopBack's default: the relation's or the model's name with Id.
            return new["foreignKey"]?.text?.hasSuffix("Id") == true && new["primaryKey"] == nil
        }
        return key == new["foreignKey"] && (known["keyThrough"] == nil || known["keyThrough"] == new["keyThrough"])
    }
}

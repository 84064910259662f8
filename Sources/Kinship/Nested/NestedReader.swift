// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import RelationPlanner

/// Reads the data of whole graphs: which members are properties, and which say what becomes of related records.
struct NestedReader {
    let schema: Schema
    let limits: FilterLimits
    private var count = 0

    /// What a relation's data may say; a plain object or list means `create`.
    private static let words = [
        "create", "connect", "connectOrCreate", "disconnect", "set", "update", "upsert", "delete",
    ]

    /// What gives a record a name for other places of the data, and what means the one that has it.
    private static let (label, reference) = ("#id", "#ref")

    init(_ schema: Schema, _ limits: FilterLimits) {
        self.schema = schema
        self.limits = limits
    }

    /// A record of a model.
    ///
    /// - Throws: ``PlannerError`` `INVALID_VALUE`, `UNSUPPORTED`, `QUERY_OBJECT_TOO_DEEP`, `FILTER_TOO_LARGE`, with the place.
    mutating func record(
        _ json: JSONValue, of model: Model, at path: String = "", depth: Int = 0, takesLink: Bool = false
    ) throws(PlannerError) -> NestedRecord {
        guard let members = json.members else {
            throw wrong("a record is an object, not \(json.kindName)", model, path)
        }
        guard depth < limits.depth else {
            throw PlannerError(
                .filterTooDeep, "The data are nested deeper than \(limits.depth) levels; write them in steps.",
                path: path, model: model.name)
        }
        var own: [JSONValue.Member] = []
        var record = NestedRecord(data: .null, path: path)
        for member in members {
            // Most are properties.
            guard model.propertyIDs[member.key] == nil else {
                own.append(member)
                continue
            }
            let place = Self.path(path, member.key)
            if takesLink, member.key == "through" {
                record.link = member.value
                continue
            }
            if member.key == Self.label {
                guard let label = member.value.text else { throw wrong("\"\(Self.label)\" takes a text", model, place) }
                record.label = label
                continue
            }
            guard let relation = model.relation(member.key) else {
                own.append(member)
                continue
            }
            if let embedded = relation.embedded {
                own.append(.init(model.properties[embedded].name, try plain(member.value, relation, model, place)))
                continue
            }
            record.relations.append(try self.relation(member.value, relation, of: model, at: place, depth: depth + 1))
        }
        record.data = .object(own)
        return record
    }

    /// Embedded records stand in the record's own row.
    private func plain(
        _ json: JSONValue, _ relation: Relation, _ model: Model, _ path: String
    ) throws(PlannerError) -> JSONValue {
        guard let members = json.members, members.contains(where: { Self.words.contains($0.key) }) else { return json }
        guard members.count == 1, let create = json["create"] else {
            throw PlannerError(
                .unsupported,
                "The records of \(model.name).\(relation.name) are kept in the record's own row; give all of them as a list, or change them through the relation.",
                path: path, model: model.name, relation: relation.name)
        }
        return relation.isToMany && create.elements == nil ? .array([create]) : create
    }

    private mutating func relation(
        _ json: JSONValue, _ relation: Relation, of model: Model, at path: String, depth: Int
    ) throws(PlannerError) -> NestedRelation {
        guard let id = relation.target else {
            return try polymorphic(json, relation, of: model, at: path, depth: depth)
        }
        let target = try schema.model(id)
        if json[Self.reference] == nil { try refuseMistypedWords(json, relation, target, path) }
        var nested = NestedRelation(relation: relation, target: target, path: path)
        let takesLink = relation.through != nil
        guard let members = json.members, try Self.saysWords(members, relation, target, path) else {
            for (json, place) in try elements(json, relation, path) {
                if let named = try self.named(json, target, place) {
                    nested.connect.append(named)
                    continue
                }
                nested.create.append(try record(json, of: target, at: place, depth: depth, takesLink: takesLink))
            }
            return nested
        }
        for member in members {
            let place = "\(path).\(member.key)"
            switch member.key {
            case "set":
                guard let keys = member.value.elements else {
                    throw wrong("\"set\" takes a list of keys", model, place)
                }
                nested.set = keys
            case "disconnect", "delete":
                let targets = try targets(member.value, relation, target, place)
                for case .named(let name, _, let place) in targets {
                    throw wrong(
                        "\"\(name)\" is a record of this graph, which \"\(member.key)\" can't mean", target, place)
                }
                if member.key == "delete" { nested.delete += targets } else { nested.disconnect += targets }
            case "connect":
                nested.connect += try targets(member.value, relation, target, place)
            case "connectOrCreate":
                for (json, place) in try elements(member.value, relation, place) {
                    guard let condition = json["where"], let create = json["create"] else {
                        throw wrong("\"connectOrCreate\" takes {\"where\": …, \"create\": …}", model, place)
                    }
                    nested.connectOrCreate.append(
                        (
                            condition,
                            try record(
                                create, of: target, at: place + ".create", depth: depth, takesLink: takesLink)
                        ))
                }
            default:
                for (json, place) in try elements(member.value, relation, place) {
                    let record = try record(json, of: target, at: place, depth: depth, takesLink: takesLink)
                    switch member.key {
                    case "create": nested.create.append(record)
                    case "update": nested.update.append(record)
                    default: nested.upsert.append(record)
                    }
                }
            }
        }
        if nested.set != nil, !nested.disconnect.isEmpty {
            throw wrong("\"set\" says which records there are; leave \"disconnect\" out", model, path)
        }
        return nested
    }

    /// What becomes of the one record of a relation to several models, which is named with it: `{"connect": {"Group": 2}}`.
    private mutating func polymorphic(
        _ json: JSONValue, _ relation: Relation, of model: Model, at path: String, depth: Int
    ) throws(PlannerError) -> NestedRelation {
        let names = (relation.polymorphic?.targets ?? []).map { schema[$0].name }
        let word = json.members.flatMap { $0.count == 1 && Self.words.contains($0[0].key) ? $0[0] : nil }
        if let word, word.value == .bool(true), ["disconnect", "delete"].contains(word.key) {
            var nested = NestedRelation(relation: relation, path: path)
            nested.disconnect = [.only]
            return nested
        }
        guard let one = (word?.value ?? json).members, one.count == 1,
            let target = schema.target(of: relation, type: one[0].key), let way = relation.leading(to: target)
        else {
            throw wrong(
                "\(model.name).\(relation.name) leads to a record of \(names.joined(separator: ", ")): say of which, such as {\"\(names.first ?? "Model")\": …}, and one word",
                model, path)
        }
        let value = word.map { JSONValue.object([.init($0.key, one[0].value)]) } ?? one[0].value
        return try self.relation(value, way, of: model, at: path, depth: depth)
    }

    /// Words among properties, or what looks like one, would be taken for properties that the model hasn't, and be dropped.
    private func refuseMistypedWords(
        _ json: JSONValue, _ relation: Relation, _ target: Model, _ path: String
    ) throws(PlannerError) {
        guard let keys = json.members?.map(\.key) else { return }
        let others = keys.filter { target.property($0) == nil && target.relation($0) == nil && $0 != "through" }
        let hasWords = others.contains(where: Self.words.contains)
        guard
            let wrong = hasWords
                ? keys.first(where: { !Self.words.contains($0) })
                : others.first(where: { Suggestion.nearest(to: $0, among: Self.words) != nil })
        else { return }
        throw PlannerError(
            .invalidValue,
            "\"\(wrong)\" says nothing of what becomes of \(relation.name).\(Suggestion.text(for: wrong, among: Self.words)) Words: \(Self.words.joined(separator: ", ")); or give the properties of a new \(target.name).",
            path: NestedReader.path(path, wrong), model: target.name, relation: relation.name)
    }

    /// Whether the members of an object are words, and not the properties of a record.
    ///
    /// - Throws: ``PlannerError`` `INVALID_VALUE` where they can be either: a guess could delete what was to be made.
    private static func saysWords(
        _ members: [JSONValue.Member], _ relation: Relation, _ target: Model, _ path: String
    ) throws(PlannerError) -> Bool {
        guard !members.isEmpty, members.allSatisfy({ words.contains($0.key) }) else { return false }
        guard members.allSatisfy({ target.property($0.key) != nil || target.relation($0.key) != nil }) else {
            return true
        }
        let isWord = members.allSatisfy { fitsWord($0.key, $0.value) }
        let isData = members.allSatisfy { member in
            guard let property = target.property(member.key) else { return member.value.isContainer }
            return member.value == .null
                || ValueReader.contents(member.value, property.columnType, property.kind) != nil
        }
        guard isWord, isData else { return isWord }
        let names = members.map { "\"\($0.key)\"" }.joined(separator: ", ")
        throw PlannerError(
            .invalidValue,
            "\(names) can be what becomes of \(relation.name), and properties of a new \(target.name): for these write {\"create\": {…}}.",
            path: path, model: target.name, relation: relation.name)
    }

    /// Whether a value can be what a word takes.
    private static func fitsWord(_ word: String, _ value: JSONValue) -> Bool {
        switch word {
        case "set": value.elements != nil
        case "connect", "disconnect", "delete": value != .null
        default: value.isContainer
        }
    }

    /// The elements of a list, or the one object, with their places.
    private mutating func elements(
        _ json: JSONValue, _ relation: Relation, _ path: String
    ) throws(PlannerError) -> [(JSONValue, String)] {
        let elements: [(JSONValue, String)]
        if let list = json.elements {
            elements = list.enumerated().map { ($1, "\(path)[\($0)]") }
        } else if json == .null {
            elements = []
        } else {
            elements = [(json, path)]
        }
        guard relation.isToMany || elements.count < 2 else {
            throw PlannerError(
                .invalidValue, "\"\(relation.name)\" leads to one record; give one object.", path: path,
                relation: relation.name)
        }
        count += elements.count
        guard count <= limits.listLength else {
            throw PlannerError(
                .filterTooLarge, "The data have more than \(limits.listLength) related records; write them in steps.",
                path: path)
        }
        return elements
    }

    /// Records that are there: keys, objects with a key and properties of the link; true for that of a to-one relation.
    private mutating func targets(
        _ json: JSONValue, _ relation: Relation, _ target: Model, _ path: String
    ) throws(PlannerError) -> [NestedRelation.Target] {
        if json == .bool(true), !relation.isToMany { return [.only] }
        if json == .bool(false) { return [] }
        var targets: [NestedRelation.Target] = []
        for (json, place) in try elements(json, relation, path) {
            if let named = try named(json, target, place) {
                targets.append(named)
                continue
            }
            let names = target.primaryKey.map { target.properties[$0].name }
            guard let members = json.members else {
                targets.append(.key(json, link: nil, path: place))
                continue
            }
            let key = names.count == 1 ? json[names[0]] : .object(members.filter { names.contains($0.key) })
            guard let key, members.allSatisfy({ names.contains($0.key) || $0.key == "through" }) else {
                throw wrong(
                    "the key of \(target.name) is meant, such as {\"\(names.first ?? "id")\": 1}", target, place)
            }
            targets.append(.key(key, link: json["through"], path: place))
        }
        return targets
    }

    /// A record that another place of the data makes: `{"#ref": "ann"}`; nil for others.
    private func named(_ json: JSONValue, _ target: Model, _ path: String) throws(PlannerError) -> NestedRelation
        .Target?
    {
        guard let value = json[Self.reference], target.property(Self.reference) == nil else { return nil }
        guard let name = value.text, (json.members ?? []).allSatisfy({ [Self.reference, "through"].contains($0.key) })
        else {
            throw wrong(
                "\"\(Self.reference)\" takes the \"\(Self.label)\" of a record of this graph, and stands alone", target,
                path)
        }
        return .named(name, link: json["through"], path: path)
    }

    private func wrong(_ what: String, _ model: Model, _ path: String) -> PlannerError {
        PlannerError(
            .invalidValue, "The data can't be read: \(what).", path: path.isEmpty ? nil : path, model: model.name)
    }

    static func path(_ path: String, _ name: String) -> String { path.isEmpty ? name : "\(path).\(name)" }
}

// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import RelationPlanner

/// Finds what differs between a graph as it was read and as it is to be.
///
/// Records are the same where their keys are. What wasn't read is never taken for gone.
struct GraphDifference {
    let schema: Schema
    let limits: FilterLimits
    let removal: GraphRemoval
    /// All records that were read, by model and key.
    private var read: [String: JSONValue] = [:]
    /// Keys of records that weren't read, by model: whether they are there has to be looked up.
    private(set) var unknown: [Model.ID: [JSONValue]] = [:]
    /// Those of them that are there.
    var found: Set<String> = []
    private var count = 0

    init(_ schema: Schema, _ limits: FilterLimits, _ removal: GraphRemoval) {
        self.schema = schema
        self.limits = limits
        self.removal = removal
    }

    // MARK: What was read

    /// Notes a record that was read, and those below it.
    mutating func note(_ record: JSONValue, of model: Model, depth: Int = 0) {
        guard depth < limits.depth, let members = record.members else { return }
        if let key = model.keyJSON(record) { read[model.name + key.description] = record }
        for member in members {
            guard let (_, target) = relation(member.key, of: model, record) else { continue }
            for related in member.value.elements ?? [member.value] { note(related, of: target, depth: depth + 1) }
        }
    }

    /// The relation of a name and the model that it leads to from a record; nil for properties.
    private func relation(_ name: String, of model: Model, _ record: JSONValue) -> (Relation, Model)? {
        guard model.property(name) == nil, let relation = model.relation(name) else { return nil }
        if let target = relation.target { return (relation, schema[target]) }
        guard let polymorphic = relation.polymorphic,
            let type = record[model.properties[polymorphic.discriminator].name]?.text,
            let target = schema.target(of: relation, type: type), let way = relation.leading(to: target)
        else { return nil }
        return (way, schema[target])
    }

    // MARK: What differs

    /// What is to become of a record; nil where nothing is.
    ///
    /// - Parameter old: the record as it was read; nil for one that wasn't.
    mutating func record(
        _ changed: JSONValue, _ old: JSONValue?, of model: Model, at path: String = "", depth: Int = 0
    ) throws(PlannerError) -> NestedRecord? {
        guard let members = changed.members else {
            throw wrong("a record is an object, not \(changed.kindName)", model, path)
        }
        guard depth < limits.depth else {
            throw PlannerError(
                .filterTooDeep, "The data are nested deeper than \(limits.depth) levels; save them in steps.",
                path: path, model: model.name)
        }
        let keys = Set(model.primaryKey.map { model.properties[$0].name })
        var record = NestedRecord(data: .null, path: path)
        record.known = old
        var own: [JSONValue.Member] = []
        for member in members {
            if old == nil, member.key == "through", model.property("through") == nil {
                record.link = member.value
                continue
            }
            let before = old?[member.key]
            if let before, before.isSame(as: member.value) { continue }
            let place = NestedReader.path(path, member.key)
            guard model.property(member.key) == nil, model.relation(member.key) != nil else {
                // A key that is still to be made.
                if keys.contains(member.key), old != nil || member.value == .null { continue }
                own.append(member)
                continue
            }
            guard let (relation, target) = relation(member.key, of: model, changed) else {
                if member.value == .null { continue }
                throw PlannerError(
                    .unsupported,
                    "\(model.name).\(member.key) leads to records of several models; give the type, and the key.",
                    path: place, model: model.name, relation: member.key)
            }
            if relation.embedded != nil, old == nil {
                own.append(.init(relation.embedded.map { model.properties[$0].name } ?? member.key, member.value))
                continue
            }
            let nested = try self.relation(
                member.value, before, relation, target, of: model, at: place, depth: depth + 1)
            if let nested { record.relations.append(nested) }
        }
        record.data = .object(own)
        record.changesItself = !own.isEmpty
        guard old != nil else { return record }
        if own.isEmpty, record.relations.isEmpty { return nil }
        // The key, and the number of changes that was read: nobody writes over what they haven't seen.
        for name in keys.sorted() { if let key = old?[name] { own.append(.init(name, key)) } }
        if record.changesItself, let version = model.version, let seen = old?[version.name] {
            own.removeAll { $0.key == version.name }
            own.append(.init(version.name, seen))
        }
        record.data = .object(own)
        return record
    }

    private mutating func relation(
        _ changed: JSONValue, _ old: JSONValue?, _ relation: Relation, _ target: Model, of model: Model,
        at path: String, depth: Int
    ) throws(PlannerError) -> NestedRelation? {
        guard relation.isToMany == (changed.elements != nil),
            relation.isToMany || changed == .null || changed.members != nil
        else {
            throw wrong(
                relation.isToMany ? "\(relation.name) is a list" : "\(relation.name) is an object or null", model, path)
        }
        let isEmbedded = relation.embedded != nil
        if isEmbedded, relation.isToMany, target.primaryKey.count != 1 {
            throw PlannerError(
                .unsupported,
                "The records of \(model.name).\(relation.name) have no key by which they could be told apart; write the whole list with an update.",
                path: path, model: model.name, relation: relation.name)
        }
        let before = (old?.elements ?? old.map { [$0] } ?? []).filter { $0 != .null }
        let after = (changed.elements ?? [changed]).filter { $0 != .null }
        var nested = NestedRelation(relation: relation, target: target, path: path)
        var kept: Set<String> = []
        for (position, element) in after.enumerated() {
            count += 1
            guard count <= limits.listLength else {
                throw PlannerError(
                    .filterTooLarge, "The graph has more than \(limits.listLength) related records; save it in steps.",
                    path: path)
            }
            let place = relation.isToMany ? "\(path)[\(position)]" : path
            if isEmbedded, !relation.isToMany {
                try embedded(element, before.first, target, &nested, place, depth)
                continue
            }
            guard element.members != nil else {
                throw wrong("a record is an object, not \(element.kindName)", target, place)
            }
            guard let key = target.keyJSON(element) else {
                if let new = try record(element, nil, of: target, at: place, depth: depth) { nested.create.append(new) }
                continue
            }
            guard kept.insert(key.description).inserted else {
                throw wrong("the record \(key.description) is there twice", target, place)
            }
            if let own = before.first(where: { target.keyJSON($0) == key }) {
                if let change = try record(element, own, of: target, at: place, depth: depth) {
                    nested.update.append(change)
                }
            } else if isEmbedded {
                if let new = try record(element, nil, of: target, at: place, depth: depth) { nested.create.append(new) }
            } else {
                try another(element, key, target, &nested, place, depth)
            }
        }
        for gone in before where !isEmbedded || relation.isToMany || after.isEmpty {
            guard let key = isEmbedded && !relation.isToMany ? .null : target.keyJSON(gone),
                !kept.contains(key.description)
            else { continue }
            try remove(gone, key, relation, target, &nested, isReplaced: !after.isEmpty)
        }
        return nested.isEmpty ? nil : nested
    }

    /// A record that another place of the graph had, or none.
    private mutating func another(
        _ element: JSONValue, _ key: JSONValue, _ target: Model, _ nested: inout NestedRelation, _ place: String,
        _ depth: Int
    ) throws(PlannerError) {
        let name = target.name + key.description
        let known = read[name]
        if known == nil, !found.contains(name) {
            unknown[target.id, default: []].append(key)
            if let new = try record(element, nil, of: target, at: place, depth: depth) { nested.create.append(new) }
            return
        }
        nested.connect.append(.key(key, link: element["through"]))
        var onlyKey: [JSONValue.Member] = []
        for property in target.primaryKey {
            let name = target.properties[property].name
            onlyKey.append(.init(name, element[name] ?? .null))
        }
        if let change = try record(element, known ?? .object(onlyKey), of: target, at: place, depth: depth) {
            nested.update.append(change)
        }
    }

    private mutating func embedded(
        _ element: JSONValue, _ before: JSONValue?, _ target: Model, _ nested: inout NestedRelation, _ place: String,
        _ depth: Int
    ) throws(PlannerError) {
        guard var change = try record(element, before, of: target, at: place, depth: depth) else { return }
        if before == nil {
            nested.create.append(change)
        } else {
            let keys = Set(target.primaryKey.map { target.properties[$0].name })
            change.data = .object((change.data.members ?? []).filter { !keys.contains($0.key) })
            nested.update.append(change)
        }
    }

    private func remove(
        _ gone: JSONValue, _ key: JSONValue, _ relation: Relation, _ target: Model, _ nested: inout NestedRelation,
        isReplaced: Bool
    ) throws(PlannerError) {
        // Who refers to another one from now on doesn't refer to this one.
        if relation.kind == .belongsTo, isReplaced { return }
        let named: NestedRelation.Target = relation.isToMany || relation.kind == .hasOne ? .key(key, link: nil) : .only
        switch removal {
        case .keep: return
        case .unlink:
            guard relation.embedded == nil else {
                throw PlannerError(
                    .unsupported,
                    "What is kept in the record's own row can't be unlinked from it: save with removing: .delete, or .keep.",
                    path: nested.path, model: target.name, relation: relation.name)
            }
            nested.disconnect.append(named)
        case .delete:
            nested.delete.append(named)
            if let version = target.version, let seen = gone[version.name], relation.embedded == nil {
                nested.seen[key.description] = seen
            }
        }
    }

    private func wrong(_ what: String, _ model: Model, _ path: String) -> PlannerError {
        PlannerError(
            .invalidValue, "The graph can't be saved: \(what).", path: path.isEmpty ? nil : path, model: model.name)
    }
}

extension Model {
    /// The key that a record's JSON has, as operations take it; nil where it hasn't all of it.
    func keyJSON(_ record: JSONValue) -> JSONValue? {
        let names = primaryKey.map { properties[$0].name }
        let values = names.compactMap { name in record[name].flatMap { $0 == .null ? nil : .some($0) } }
        guard !names.isEmpty, values.count == names.count else { return nil }
        return names.count == 1 ? values[0] : .object(zip(names, values).map { .init($0, $1) })
    }
}

extension JSONValue {
    /// Whether it says the same: members in any order, numbers however many zeros end them.
    func isSame(as other: JSONValue) -> Bool {
        switch (self, other) {
        case (.number(let own), .number(let others)): own == others || Self.short(own) == Self.short(others)
        case (.array(let own), .array(let others)):
            own.count == others.count && zip(own, others).allSatisfy { $0.isSame(as: $1) }
        case (.object(let own), .object(let others)):
            own.count == others.count
                && own.allSatisfy { member in other[member.key].map { member.value.isSame(as: $0) } ?? false }
        default: self == other
        }
    }

    private static func short(_ number: String) -> Substring {
        guard number.contains("."), !number.contains(where: { "eE".contains($0) }) else { return number[...] }
        var short = number[...]
        while short.last == "0" { short.removeLast() }
        if short.last == "." { short.removeLast() }
        return short
    }
}

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
    /// All records that were read.
    private var read: [RecordName: JSONValue] = [:]
    /// At how many places each was read.
    var places: [RecordName: Int] = [:]
    /// All records that are in the graph from now on, with the relations that lead to them.
    var present: [RecordName: [Relation]] = [:]
    /// Keys of records that weren't read, by model: whether they are there has to be looked up.
    private(set) var unknown: [Model.ID: [JSONValue]] = [:]
    /// Those of them that are there, by what they were called: a key may be spelled in many ways.
    var found: [RecordName: RecordName] = [:]
    /// Records that aren't in the graph any more, and that are deleted when all others are where they shall be.
    var deletions: [Deletion] = []
    var deleted: Set<RecordName> = []
    /// The numbers of changes of records that are changed or deleted, as they were read.
    var seen: [Model.ID: [RecordName: SeenRecord]] = [:]
    /// What is written of records that are at several places.
    private var written: [RecordName: JSONValue] = [:]
    /// New records that a place of the graph makes: others lead to them.
    private var making: Set<RecordName> = []
    /// What all places say of records that weren't read.
    private var said: [RecordName: [JSONValue.Member]] = [:]
    /// What two places say different things of.
    private var contradicted: [RecordName: String] = [:]
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
        if let name = RecordName(record, of: model) {
            read[name] = record
            places[name, default: 0] += 1
        }
        for member in members {
            guard let (relation, target) = relation(member.key, of: model, record), relation.embedded == nil else {
                continue
            }
            for related in member.value.elements ?? [member.value] { note(related, of: target, depth: depth + 1) }
        }
    }

    /// Notes what is in the graph from now on.
    mutating func noteChanged(_ record: JSONValue, of model: Model, by way: Relation? = nil, depth: Int = 0) {
        guard depth < limits.depth, let members = record.members else { return }
        if let name = name(record, of: model) {
            present[name, default: []] += way.map { [$0] } ?? []
            if read[name] == nil { say(members, of: name, model) }
        }
        for member in members {
            guard let (relation, target) = relation(member.key, of: model, record), relation.embedded == nil else {
                continue
            }
            for related in member.value.elements ?? [member.value] {
                noteChanged(related, of: target, by: relation, depth: depth + 1)
            }
        }
    }

    /// Notes what a place says of a record that wasn't read.
    private mutating func say(_ members: [JSONValue.Member], of name: RecordName, _ model: Model) {
        var all = said[name] ?? []
        for member in members where member.key != "through" || model.property("through") != nil {
            guard let known = all.first(where: { $0.key == member.key }) else {
                all.append(member)
                continue
            }
            let isKey = model.property(member.key).map { model.primaryKey.contains($0.id) } ?? false
            if !isKey, !known.value.isSame(as: member.value) { contradicted[name] = contradicted[name] ?? member.key }
        }
        said[name] = all
    }

    /// A record as all places say that it is to be, for the one that makes it.
    private func whole(
        _ record: JSONValue, _ name: RecordName, of model: Model, at path: String
    ) throws(PlannerError) -> JSONValue {
        guard let said = said[name], let own = record.members else { return record }
        if let member = contradicted[name] {
            throw PlannerError(
                .invalidValue,
                "Two places of the graph say different things of \(member) of the same new \(model.name); say it once.",
                path: NestedReader.path(path, member), model: model.name)
        }
        return .object(own + said.filter { record[$0.key] == nil })
    }

    /// What a record is called: as it was read, where the server knows its key by that name.
    func name(_ record: JSONValue, of model: Model) -> RecordName? {
        RecordName(record, of: model).map { found[$0] ?? $0 }
    }

    /// The relation of a name and the model that it leads to from a record; nil for properties.
    func relation(_ name: String, of model: Model, _ record: JSONValue) -> (Relation, Model)? {
        guard model.property(name) == nil, let relation = model.relation(name) else { return nil }
        if let target = relation.target { return (relation, schema[target]) }
        guard let polymorphic = relation.polymorphic,
            let type = record[model.properties[polymorphic.discriminator].name]?.text,
            let target = schema.target(of: relation, type: type), let way = relation.leading(to: target)
        else { return nil }
        return (way, schema[target])
    }

    // MARK: What differs

    /// What is to become of the record that the graph hangs on; nil where nothing is.
    mutating func root(
        _ changed: JSONValue, _ old: JSONValue?, of model: Model
    ) throws(PlannerError) -> NestedRecord? {
        guard old == nil, let name = name(changed, of: model) else { return try record(changed, old, of: model) }
        making.insert(name)
        return try record(try whole(changed, name, of: model, at: ""), nil, of: model)
    }

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
        guard let old else {
            record.changesItself = !own.isEmpty
            return record
        }
        // Nobody writes over what they haven't seen; what this graph itself does to the number is no change of others.
        if let version = model.version { own.removeAll { $0.key == version.name } }
        if !own.isEmpty, let name = name(old, of: model) {
            // At another place of the graph it may be the same, and is written once.
            if written[name]?.isSame(as: .object(own)) == true { own = [] } else { written[name] = .object(own) }
            noteSeen(name, old, of: model)
        }
        record.changesItself = !own.isEmpty
        if own.isEmpty, record.relations.isEmpty { return nil }
        for name in keys.sorted() { if let key = old[name] { own.append(.init(name, key)) } }
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
        var kept: Set<RecordName> = []
        var own: [RecordName: JSONValue] = [:]
        for record in before { if let name = name(record, of: target) { own[name] = own[name] ?? record } }
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
            guard let key = target.keyJSON(element), let name = name(element, of: target) else {
                if let new = try record(element, nil, of: target, at: place, depth: depth) { nested.create.append(new) }
                continue
            }
            guard kept.insert(name).inserted else {
                throw wrong("the record \(key.description) is there twice", target, place)
            }
            if let own = own[name] {
                if let change = try record(element, own, of: target, at: place, depth: depth) {
                    nested.update.append(change)
                }
            } else if isEmbedded {
                if let new = try record(element, nil, of: target, at: place, depth: depth) { nested.create.append(new) }
            } else {
                try another(element, name, key, target, &nested, place, depth)
            }
        }
        for gone in before where !isEmbedded || relation.isToMany || after.isEmpty {
            let name = name(gone, of: target)
            guard let key = isEmbedded && !relation.isToMany ? .null : target.keyJSON(gone),
                name.map({ !kept.contains($0) }) ?? true
            else { continue }
            try remove(gone, name, key, relation, target, &nested, isReplaced: !after.isEmpty)
        }
        return nested.isEmpty ? nil : nested
    }

    /// A record that another place of the graph had, or none.
    private mutating func another(
        _ element: JSONValue, _ name: RecordName, _ key: JSONValue, _ target: Model, _ nested: inout NestedRelation,
        _ place: String, _ depth: Int
    ) throws(PlannerError) {
        let known = read[name]
        if known == nil, RecordName(element, of: target).flatMap({ found[$0] }) == nil {
            guard making.insert(name).inserted else {
                nested.connect.append(.key(key, link: element["through"], path: place))
                return
            }
            unknown[target.id, default: []].append(key)
            let whole = try whole(element, name, of: target, at: place)
            if let new = try record(whole, nil, of: target, at: place, depth: depth) { nested.create.append(new) }
            return
        }
        nested.connect.append(.key(key, link: element["through"], path: place))
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

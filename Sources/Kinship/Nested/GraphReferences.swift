// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import RelationPlanner

/// The records of a graph by what other places of its data can call them: their names (`#id`), and the keys that data give to new ones.
struct GraphReferences: Sendable {
    /// A record of the graph.
    struct Record: Sendable {
        let model: Model.ID
        /// What its data say.
        let data: JSONValue
        /// Whether it has the key of its data once it is there: not where another record may be found in its place, or in that of one
        /// above it.
        let isSure: Bool
    }

    private let schema: Schema
    /// All of them, by their numbers.
    private(set) var records: [Record] = []
    private var labels: [String: Int] = [:]
    private var keys: [RecordName: Int] = [:]
    /// Whether one of them is meant somewhere else.
    private(set) var isUsed = false

    /// Numbers the records of a graph, and finds out which places mean them.
    ///
    /// - Parameter isNew: whether the record itself is made, or can be.
    /// - Throws: ``PlannerError`` `INVALID_VALUE` for names that nobody has, that two have, or that are those of another model.
    init(_ record: inout NestedRecord, of model: Model, isNew: Bool, _ schema: Schema) throws(PlannerError) {
        self.schema = schema
        try note(&record, of: model, isNew: isNew)
        guard !labels.isEmpty || !keys.isEmpty || Self.names(record) else { return }
        try resolve(&record, of: model, isMade: isNew)
    }

    private mutating func note(
        _ record: inout NestedRecord, of model: Model, isNew: Bool, isSure: Bool = true
    ) throws(PlannerError) {
        let number = records.count
        records.append(Record(model: model.id, data: record.data, isSure: isSure))
        record.number = number
        if let label = record.label, labels.updateValue(number, forKey: label) != nil {
            throw PlannerError(
                .invalidValue, "Two records of the data are called \"\(label)\"; give each a name of its own.",
                path: NestedReader.path(record.path, "#id"), model: model.name)
        }
        if isNew, !model.hasKeysOfTheServer, let name = RecordName(record.data, of: model), keys[name] == nil {
            keys[name] = number
        }
        for place in record.relations.indices {
            guard let target = record.relations[place].target, record.relations[place].relation.embedded == nil else {
                continue
            }
            for index in record.relations[place].create.indices {
                try note(&record.relations[place].create[index], of: target, isNew: true, isSure: isSure)
            }
            for index in record.relations[place].connectOrCreate.indices {
                try note(
                    &record.relations[place].connectOrCreate[index].create, of: target, isNew: true, isSure: false)
            }
            for index in record.relations[place].update.indices {
                try note(&record.relations[place].update[index], of: target, isNew: false, isSure: isSure)
            }
            for index in record.relations[place].upsert.indices {
                try note(&record.relations[place].upsert[index], of: target, isNew: true, isSure: isSure)
            }
        }
    }

    /// Whether records are meant by names anywhere.
    private static func names(_ record: NestedRecord) -> Bool {
        record.relations.contains { nested in
            nested.connect.contains { if case .named = $0 { true } else { false } }
                || (nested.create + nested.connectOrCreate.map(\.create) + nested.update + nested.upsert)
                    .contains(where: names)
        }
    }

    private mutating func resolve(_ record: inout NestedRecord, of model: Model, isMade: Bool) throws(PlannerError) {
        for place in record.relations.indices {
            let nested = record.relations[place]
            guard let target = nested.target, nested.relation.embedded == nil else { continue }
            for (index, connect) in nested.connect.enumerated() {
                guard let named = try named(connect, target) else { continue }
                isUsed = true
                record.relations[place].connect[index] = named
            }
            for index in nested.create.indices {
                try resolve(&record.relations[place].create[index], of: target, isMade: true)
            }
            for index in nested.connectOrCreate.indices {
                try resolve(&record.relations[place].connectOrCreate[index].create, of: target, isMade: true)
            }
            for index in nested.update.indices {
                try resolve(&record.relations[place].update[index], of: target, isMade: false)
            }
            for index in nested.upsert.indices {
                try resolve(&record.relations[place].upsert[index], of: target, isMade: false)
            }
        }
        guard !keys.isEmpty else { return }
        for relation in model.relations where relation.kind == .belongsTo && relation.polymorphic == nil {
            guard let target = relation.target.map({ schema[$0] }), relation.targetKey == target.primaryKey else {
                continue
            }
            let place = record.relations.firstIndex { $0.relation.id == relation.id }
            guard !isMade || place == nil else { continue }
            var key: [JSONValue.Member] = []
            for (own, other) in zip(relation.sourceKey, relation.targetKey) {
                key.append(.init(target.properties[other].name, record[model.properties[own].name] ?? .null))
            }
            guard let name = RecordName(.object(key), of: target), let number = keys[name] else { continue }
            isUsed = true
            guard !isMade else {
                record.given.append((relation, number))
                continue
            }
            // A record that is there is linked when the other one is.
            let names = relation.sourceKey.map { model.properties[$0].name }
            record.data = .object((record.data.members ?? []).filter { !names.contains($0.key) })
            var nested = NestedRelation(relation: relation, target: target, path: record.path)
            nested.connect = [
                .new(number, link: nil, key: target.keyJSON(.object(key)), path: record.path)
            ]
            if place == nil { record.relations.append(nested) }
        }
    }

    /// The record of the graph that is meant; nil for others.
    private func named(
        _ target: NestedRelation.Target, _ model: Model
    ) throws(PlannerError) -> NestedRelation.Target? {
        switch target {
        case .key(let key, let link, let path):
            return RecordName(key: key, of: model).flatMap { keys[$0] }.map {
                .new($0, link: link, key: key, path: path)
            }
        case .named(let name, let link, let path):
            guard let number = labels[name] else {
                throw PlannerError(
                    .invalidValue,
                    "No record of the data is called \"\(name)\".\(Suggestion.text(for: name, among: labels.keys.sorted())) Give it its name with \"#id\".",
                    path: path, model: model.name)
            }
            guard records[number].model == model.id else {
                throw PlannerError(
                    .invalidValue,
                    "\"\(name)\" is a record of \(schema[records[number].model].name), and one of \(model.name) is meant here.",
                    path: path, model: model.name)
            }
            return .new(number, link: link, key: nil, path: path)
        case .only, .new: return nil
        }
    }
}

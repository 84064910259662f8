// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Kinship
import Libpq
import RelationPlanner
import TestSupport

/// Runs writes on a database, and says what they came to.
struct WriteComparison {
    let world: WriteWorld

    func run(_ operation: WriteOperation, on session: some Session) async throws -> WriteOutcome {
        do {
            return try await answer(operation, session)
        } catch let error as PlannerError {
            return .refused(error.code.rawValue)
        } catch let error as ValidationError {
            return .refused(error.code)
        } catch is ConstraintViolation {
            return .refused("CONSTRAINT_VIOLATION")
        } catch let error as PostgresError {
            return .refused("\(error)")
        }
    }

    private func json(_ row: WriteRow) -> JSONValue {
        .object(row.sorted { $0.key < $1.key }.map { .init($0.key, $0.value) })
    }

    private func name(_ model: Int) -> String { world.models[model].name }

    private func relation(_ model: Int, _ number: Int) -> WriteRelation { world.models[model].relations[number] }

    /// Records as the naive model writes them.
    private func records(_ json: [UInt8], _ model: Int) throws -> WriteOutcome {
        let list = try JSONValue(parsing: json).elements ?? []
        return .records(
            list.map { record in
                var row: WriteRow = [:]
                for member in record.members ?? [] { row[member.key] = member.value }
                return world.text(row, of: model, answering: true)
            })
    }

    private func answer(_ operation: WriteOperation, _ session: some Session) async throws -> WriteOutcome {
        switch operation {
        case .create(let model, let data):
            return try records(try await session.create(name(model), json(data)).json(), model)
        case .createAll(let model, let data):
            return try records(try await session.createAll(name(model), data.map(json)).json(), model)
        case .update(let model, let key, let data):
            return try records(try await session.updateById(name(model), id: key, json(data)).json(), model)
        case .increment(let model, let key, let number, let data):
            var members = json(data).members ?? []
            members.append(.init("$inc", ["n": .number(String(number))]))
            return try records(try await session.updateById(name(model), id: key, .object(members)).json(), model)
        case .replace(let model, let key, let data):
            return try records(try await session.replaceById(name(model), id: key, json(data)).json(), model)
        case .upsert(let model, let data):
            return try records(try await session.upsert(name(model), json(data)).json(), model)
        case .replaceOrCreate(let model, let data):
            return try records(try await session.replaceOrCreate(name(model), json(data)).json(), model)
        case .updateAll(let model, let condition, let data):
            return .count(Int(try await session.updateAll(name(model), where: condition.json, json(data)).count))
        case .upsertWithWhere(let model, let condition, let data):
            return try records(
                try await session.upsertWithWhere(name(model), where: condition.json, json(data)).json(), model)
        case .findOrCreate(let model, let condition, let data):
            return try records(
                try await session.findOrCreate(name(model), filter: ["where": condition.json], json(data)).graph.json(),
                model)
        case .delete(let model, let key): return .count(Int(try await session.deleteById(name(model), id: key).count))
        case .deleteAll(let model, let condition):
            return .count(Int(try await session.deleteAll(name(model), where: condition.json).count))
        case .createGraph(let model, let graph):
            return try records(
                try await session.createGraph(name(model), graph.json(world.models[model], world)).json(), model)
        case .updateGraph(let model, let key, let graph):
            return try records(
                try await session.updateGraph(name(model), id: key, graph.json(world.models[model], world)).json(),
                model)
        case .upsertGraph(let model, let graph):
            return try records(
                try await session.upsertGraph(name(model), graph.json(world.models[model], world)).json(), model)
        default: return try await answerRelated(operation, session)
        }
    }

    private func answerRelated(_ operation: WriteOperation, _ session: some Session) async throws -> WriteOutcome {
        switch operation {
        case .createRelated(let model, let key, let number, let data):
            let relation = relation(model, number)
            let given: JSONValue = relation.isToMany && data.count > 1 ? .array(data.map(json)) : json(data[0])
            let made = try await session.createRelated(name(model), id: key, relation: relation.name, given)
            return relation.isStored ? try records(made.json(), relation.target) : .records(nil)
        case .addRelated(let model, let key, let number, let target, let data):
            _ = try await session.addRelated(
                name(model), id: key, relation: relation(model, number).name, key: target, json(data))
            return .records(nil)
        case .setRelated(let model, let key, let number, let keys):
            let relation = relation(model, number)
            let set = try await session.setRelated(name(model), id: key, relation: relation.name, keys: keys)
            return try records(set.json(), relation.target)
        case .updateRelated(let model, let key, let number, let target, let data):
            let relation = relation(model, number)
            let changed = try await session.updateRelated(
                name(model), id: key, relation: relation.name, key: target, json(data))
            return relation.isStored ? try records(changed.json(), relation.target) : .records(nil)
        case .updateAllRelated(let model, let key, let number, let condition, let data):
            let name = relation(model, number).name
            return .count(
                Int(
                    try await session.updateAllRelated(
                        self.name(model), id: key, relation: name, where: condition.json, json(data)
                    ).count))
        case .removeRelated(let model, let key, let number, let target):
            let removed = try await session.removeRelated(
                name(model), id: key, relation: relation(model, number).name, key: target)
            return removed.count.map { .count(Int($0)) } ?? .records(nil)
        case .deleteRelated(let model, let key, let number, let target):
            return .count(
                Int(
                    try await session.deleteRelated(
                        name(model), id: key, relation: relation(model, number).name, key: target
                    ).count))
        case .deleteAllRelated(let model, let key, let number, let condition):
            let name = relation(model, number).name
            return .count(
                Int(
                    try await session.deleteAllRelated(
                        self.name(model), id: key, relation: name, where: condition.json
                    ).count))
        default: return .records(nil)
        }
    }

    // MARK: Tables

    /// What differs between the tables and the naive model's; nil where nothing does. The last keys made are taken over.
    func difference(_ tables: inout NaiveTables, _ contents: JSONValue) -> String? {
        var differences: [String] = []
        for (position, model) in world.models.enumerated() {
            if let last = contents["last \(model.name)"], case .number(let text) = last {
                tables.lastKey[position] = Int(text) ?? 0
            }
            let found = (contents[model.name]?.elements ?? []).map { record -> String in
                var row: WriteRow = [:]
                for member in record.members ?? [] { row[member.key] = member.value }
                return world.text(row, of: position)
            }
            var missing = tables.rows[position].map { world.text($0, of: position) }
            var extra: [String] = []
            for text in found {
                if let place = missing.firstIndex(of: text) { missing.remove(at: place) } else { extra.append(text) }
            }
            differences += missing.map { "\(model.name) lacks \($0)" } + extra.map { "\(model.name) has \($0)" }
        }
        return differences.isEmpty ? nil : differences.joined(separator: "\n")
    }
}

// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import RelationPlanner

// Operations as a whole: what they come to, and what is left of them.
extension NaiveTables {
    /// Does a write; one that is refused leaves everything as it was.
    mutating func run(_ operation: WriteOperation) -> WriteOutcome {
        var tried = self
        do throws(WriteRefusal) {
            let outcome = try tried.apply(operation)
            self = tried
            return outcome
        } catch {
            return .refused(error.code)
        }
    }

    private func shown(_ rows: [WriteRow], _ model: Int) -> WriteOutcome {
        // What a graph deletes itself, by a way that leads back to it, isn't there to be shown.
        .records(rows.filter { !$0.isEmpty }.map { world.text($0, of: model, answering: true) })
    }

    private mutating func apply(_ operation: WriteOperation) throws(WriteRefusal) -> WriteOutcome {
        switch operation {
        case .create(let model, let data): return shown(try createAll(model, [data]), model)
        case .createAll(let model, let data): return shown(try createAll(model, data), model)
        case .update(let model, let key, let data): return shown([try update(model, key, data)], model)
        case .increment(let model, let key, let number, let data):
            return shown([try update(model, key, data, increment: number)], model)
        case .replace(let model, let key, let data): return shown([try replace(model, key, data)], model)
        case .upsert(let model, let data): return shown([try upsert(model, data)], model)
        case .replaceOrCreate(let model, let data): return shown([try replaceOrCreate(model, data)], model)
        case .updateAll(let model, let condition, let data): return .count(try updateAll(model, condition, data))
        case .upsertWithWhere(let model, let condition, let data):
            return shown([try upsertWithWhere(model, condition, data)], model)
        case .findOrCreate(let model, let condition, let data):
            return shown([try findOrCreate(model, condition, data)], model)
        case .delete(let model, let key): return .count(try delete(model, key))
        case .deleteAll(let model, let condition): return .count(try deleteAll(model, condition))
        default: return try applyRelated(operation)
        }
    }

    private mutating func applyRelated(_ operation: WriteOperation) throws(WriteRefusal) -> WriteOutcome {
        switch operation {
        case .createRelated(let model, let key, let number, let data):
            let relation = relation(model, number)
            let made = try createRelated(model, key, number, data)
            return relation.isStored ? shown(made, relation.target) : .records(nil)
        case .addRelated(let model, let key, let number, let target, let data):
            try addRelated(model, key, number, target, data)
            return .records(nil)
        case .setRelated(let model, let key, let number, let keys):
            return shown(try setRelated(model, key, number, keys), relation(model, number).target)
        case .updateRelated(let model, let key, let number, let target, let data):
            let relation = relation(model, number)
            let changed = try updateRelated(model, key, number, target, data)
            return relation.isStored ? shown(changed, relation.target) : .records(nil)
        case .updateAllRelated(let model, let key, let number, let condition, let data):
            return .count(try updateAllRelated(model, key, number, condition, data))
        case .removeRelated(let model, let key, let number, let target):
            return try removeRelated(model, key, number, target).map { .count($0) } ?? .records(nil)
        case .deleteRelated(let model, let key, let number, let target):
            return .count(try deleteRelated(model, key, number, target))
        case .deleteAllRelated(let model, let key, let number, let condition):
            return .count(try deleteAllRelated(model, key, number, condition))
        case .createGraph(let model, let graph): return shown([try createGraph(model, graph)], model)
        case .updateGraph(let model, let key, let graph): return shown([try updateGraph(model, key, graph)], model)
        case .upsertGraph(let model, let graph): return shown([try upsertGraph(model, graph)], model)
        default: return .records(nil)
        }
    }
}

extension WriteWorld {
    /// A record, written in the order of its model's properties; lists that are kept as text are read.
    func text(_ row: WriteRow, of model: Int, answering: Bool = false) -> String {
        let left = answering ? ownCopies(of: model) : []
        return models[model].properties.filter { !left.contains($0.name) }.map { property in
            var value = row[property.name] ?? .null
            if property.kind == .textInts, case .string(let text) = value {
                value = (try? JSONValue(parsing: text)) ?? value
            }
            return "\(property.name)=\(Self.sorted(value))"
        }.joined(separator: " ")
    }

    /// A value whose objects have their members in order.
    private static func sorted(_ value: JSONValue) -> JSONValue {
        switch value {
        case .object(let members):
            .object(members.map { .init($0.key, sorted($0.value)) }.sorted { $0.key < $1.key })
        case .array(let elements): .array(elements.map(sorted))
        default: value
        }
    }
}

extension NaiveTables: CustomStringConvertible {
    /// All rows, a line each.
    var description: String {
        world.models.indices.flatMap { model in
            rows[model].map { "\(world.models[model].name): \(world.text($0, of: model))" }
        }.joined(separator: "\n")
    }
}

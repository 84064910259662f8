// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import RelationPlanner

extension HookRunner {
    /// Checks data by the rules of the model and by validators, and tells all that is wrong at once.
    ///
    /// - Throws: ``ValidationError``; what a validator throws.
    func validate(
        _ changes: inout [HookedChange], _ check: Check, _ transaction: HookedTransaction
    ) async throws {
        let planning = context.openPlanning
        guard !hooks.validators.isEmpty || !hooks.persist.isEmpty || hooks.keepsValidated else { return }
        var reader = DataReader(planning.schema, model, check.purpose, planning.defaults)
        (reader.takesKey, reader.given) = (check.takesKey, check.given)
        var problems: [ValidationError.Problem] = []
        for index in changes.indices {
            let place = check.places.map { $0[index] } ?? (check.isList ? "[\(index)]" : "")
            var filled = changes[index]
            filled.data = reader.filled(filled.data)
            if check.fills { changes[index] = filled }
            problems += reader.problems(of: filled.data, at: place)
            do {
                problems += try await report(filled, at: place, transaction)
            } catch let error as ValidationError {
                problems += error.problems
            } catch  where !problems.isEmpty && !(error is CancellationError) {
                // What is wrong with the data may have been too much for it.
                break
            }
        }
        var seen: Set<ValidationError.Problem> = []
        problems = problems.filter { seen.insert($0).inserted }
        if !problems.isEmpty { throw ValidationError(model: model.name, problems) }
    }

    /// Checks embedded records by the rules of their model and by its validators.
    ///
    /// - Throws: ``ValidationError``.
    func validate(embedded items: [JSONValue], isList: Bool, isNew: Bool, _ transaction: HookedTransaction) async throws
    {
        guard let target = embedded, let own = registry[target.name], !own.validators.isEmpty || own.keepsValidated
        else { return }
        let planning = context.openPlanning
        var problems: [ValidationError.Problem] = []
        for (position, item) in items.enumerated() {
            let place = isList ? "[\(position)]" : ""
            var reader = DataReader(planning.schema, target, isNew ? .create : .update, planning.defaults)
            reader.takesKey = true
            problems += reader.problems(ofEmbedded: item, at: place)
            let change = HookedChange(
                target.name, operation.rawValue, isNew ? .create : .update, data: item,
                key: target.primaryKey.first.flatMap { item[target.properties[$0].name] }, parent: parent)
            problems += try await ask(own.validators, target.name, change, at: place, transaction)
            problems += try await askInner(item, of: target, change.key, at: place, transaction)
        }
        if !problems.isEmpty { throw ValidationError(model: target.name, problems) }
    }

    private func report(
        _ change: HookedChange, at place: String, _ transaction: HookedTransaction
    ) async throws -> [ValidationError.Problem] {
        guard change.data.members != nil else { return [] }
        return try await ask(hooks.validators, model.name, change, at: place, transaction)
            + askInner(change.data, of: model, change.key, at: place, transaction)
    }

    /// Asks the validators of records that are kept in a record's own data, however deep.
    private func askInner(
        _ data: JSONValue, of model: Model, _ key: JSONValue?, at place: String, _ transaction: HookedTransaction
    ) async throws -> [ValidationError.Problem] {
        guard registry[model.name]?.keepsValidated == true else { return [] }
        let schema = context.state.planning.schema
        var problems: [ValidationError.Problem] = []
        for relation in model.relations {
            guard let kept = relation.embedded, let target = relation.target.map({ schema[$0] }),
                let hooks = registry[target.name], case let property = model.properties[kept].name,
                let value = data[property]
            else { continue }
            let path = place.isEmpty ? property : "\(place).\(property)"
            let items: [(String, JSONValue)] =
                value.elements.map { $0.enumerated().map { ("\(path)[\($0)]", $1) } } ?? [(path, value)]
            for (place, item) in items where item.members != nil {
                let inner = HookedChange(
                    target.name, operation.rawValue, .create, data: item,
                    key: target.primaryKey.first.flatMap { item[target.properties[$0].name] },
                    parent: key.map { .init(model: model.name, id: $0, relation: relation.name) })
                problems += try await ask(hooks.validators, target.name, inner, at: place, transaction)
                problems += try await askInner(item, of: target, inner.key, at: place, transaction)
            }
        }
        return problems
    }

    /// Asks validators about one record.
    func ask(
        _ validators: [ModelHooks.Entry<ModelHooks.Validator>], _ model: String, _ change: HookedChange,
        at place: String,
        _ transaction: HookedTransaction
    ) async throws -> [ValidationError.Problem] {
        guard !validators.isEmpty else { return [] }
        let depth = try registry.enter(model)
        var context = ValidationContext(transaction.hooks, change, at: place)
        for validator in validators {
            try Task.checkCancellation()
            try await HookDepth.$current.withValue(depth) { try await validator.body(&context) }
        }
        return context.problems
    }
}

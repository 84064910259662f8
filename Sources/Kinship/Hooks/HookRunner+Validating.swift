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
        let planning = context.state.planning
        let hasInner = embeddedValidators(planning.schema).isEmpty == false
        guard !hooks.validators.isEmpty || !hooks.persist.isEmpty || hasInner else { return }
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
        guard let target = embedded, let validators = registry[target.name]?.validators, !validators.isEmpty else {
            return
        }
        let planning = context.state.planning
        var problems: [ValidationError.Problem] = []
        for (position, item) in items.enumerated() {
            let place = isList ? "[\(position)]" : ""
            var reader = DataReader(planning.schema, target, isNew ? .create : .update, planning.defaults)
            reader.takesKey = true
            problems += reader.problems(ofEmbedded: item, at: place)
            let change = HookedChange(
                target.name, operation.rawValue, isNew ? .create : .update, data: item,
                key: target.primaryKey.first.flatMap { item[target.properties[$0].name] }, parent: parent)
            problems += try await ask(validators, target.name, change, at: place, transaction)
        }
        if !problems.isEmpty { throw ValidationError(model: target.name, problems) }
    }

    private func report(
        _ change: HookedChange, at place: String, _ transaction: HookedTransaction
    ) async throws -> [ValidationError.Problem] {
        guard change.data.members != nil else { return [] }
        var problems = try await ask(hooks.validators, model.name, change, at: place, transaction)
        for (relation, property, validators) in embeddedValidators(context.state.planning.schema) {
            guard let target = relation.target.map({ context.state.planning.schema[$0] }),
                let value = change.data[property]
            else { continue }
            let path = place.isEmpty ? property : "\(place).\(property)"
            let items: [(String, JSONValue)] =
                value.elements.map { $0.enumerated().map { ("\(path)[\($0)]", $1) } } ?? [(path, value)]
            for (place, item) in items where item.members != nil {
                let inner = HookedChange(
                    target.name, operation.rawValue, .create, data: item,
                    key: target.primaryKey.first.flatMap { item[target.properties[$0].name] },
                    parent: change.key.map { .init(model: model.name, id: $0, relation: relation.name) })
                problems += try await ask(validators, target.name, inner, at: place, transaction)
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

    /// The relations to records that are kept in the model's own, and have validators.
    private func embeddedValidators(
        _ schema: Schema
    ) -> [(relation: Relation, property: String, validators: [ModelHooks.Entry<ModelHooks.Validator>])] {
        model.relations.compactMap { relation in
            guard let property = relation.embedded, let target = relation.target,
                let hooks = registry[schema[target].name], !hooks.validators.isEmpty
            else { return nil }
            return (relation, model.properties[property].name, hooks.validators)
        }
    }
}

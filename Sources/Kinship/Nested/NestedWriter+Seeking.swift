// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Libpq
import RelationPlanner

// Records that are looked for by conditions, and made where there are none: those of a level together.
extension NestedWriter {
    /// A condition, and the record that is made where it finds none.
    typealias Sought = (where: JSONValue, create: NestedRecord)

    /// The first record that each condition finds, or a new one: as if one were looked for after the other.
    func findOrCreate(_ sought: [Sought], of target: Model) async throws -> [ParentRecord] {
        let values = try await soughtValues(sought, target)
        var found: [ParentRecord] = []
        while found.count < sought.count {
            // What is like others is looked up with those that follow it.
            let rest = found.count..<sought.count
            let end = rest.first { values[$0] == nil } ?? rest.upperBound
            if end - rest.lowerBound > 1 {
                let some = rest.lowerBound..<end
                found += try await seek(
                    some.compactMap { position in values[position].map { (values: $0, create: sought[position].create) }
                    }, of: target)
            } else {
                let one = sought[rest.lowerBound]
                found.append(try await findOrCreate(target, one.where, one.create))
            }
        }
        return found
    }

    /// What conditions compare; nil for those that are looked up by themselves.
    private func soughtValues(_ sought: [Sought], _ target: Model) async throws -> [SoughtValues?] {
        let none: [SoughtValues?] = sought.map { _ in nil }
        guard sought.count > 1, !target.primaryKey.isEmpty, schema.catalog?.isDistributed != true,
            schema.copies.held(by: target.id).isEmpty
        else { return none }
        return try await context.answering { planning -> [SoughtValues?] in
            let filter = try first(of: target, planning)
            let isPlain = !filter.condition.parts.contains { part in
                if case .related = part { true } else { false }
            }
            guard isPlain, filter.skip == nil, !filter.distinct, filter.order.allSatisfy({ $0.related == nil }),
                case .rows(let limit)? = filter.limit, limit > 0
            else { return none }
            if let hooks = context.hooks {
                let (plan, _) = try planning.prepare(filter, for: target)
                if hooks.looks(at: plan.plan, in: planning.schema) { return none }
            }
            return sought.map { condition, create in
                guard standsAlone(create, of: target, target) else { return nil }
                return SoughtValues(condition, of: target, planning, unscoped: context.isUnscoped)
            }
        }
    }

    /// What is asked besides a condition.
    private func first(of target: Model, _ planning: Planning) throws -> Filter {
        try planning.resolve(target, filter: ["limit": 1], unscoped: context.isUnscoped)
    }

    /// Whether nothing that a new record and all below it make is found by a condition on records of a model, but the record itself,
    /// and nothing of it has to be there first.
    private func standsAlone(_ record: NestedRecord, of model: Model, _ target: Model) -> Bool {
        guard record.given.isEmpty, !isHooked(model) else { return false }
        return record.relations.allSatisfy { nested in
            let models = [nested.target, nested.relation.through.map { schema[$0.model] }].compactMap(\.self)
            let isElsewhere = models.allSatisfy { model in
                !isHooked(model) && (model.table != target.table || model.tableSchema != target.tableSchema)
            }
            let isThere = nested.connect.allSatisfy { if case .key = $0 { true } else { false } }
            guard nested.isNew, isThere, isElsewhere, let below = nested.target else { return false }
            return (nested.create + nested.connectOrCreate.map(\.create)).allSatisfy {
                standsAlone($0, of: below, target)
            }
        }
    }

    private func isHooked(_ model: Model) -> Bool { context.hooks?.takesPart(in: model.name) ?? false }

    // MARK: Together

    /// The records of conditions of equalities: as many rounds as it takes until none waits for what another one makes.
    private func seek(
        _ items: [(values: SoughtValues, create: NestedRecord)], of target: Model
    ) async throws -> [ParentRecord] {
        var forms: [[Property.ID]] = []
        for item in items where !forms.contains(item.values.properties) { forms.append(item.values.properties) }
        let given = forms.map { form in items.map { written($0.create, form, target) } }
        var found: [Int: ParentRecord] = [:]
        var pending = Array(items.indices)
        while !pending.isEmpty {
            var looks: [Look] = []
            for (number, form) in forms.enumerated() {
                looks.append(try await look(form, items.map(\.values), given[number], pending, target))
            }
            // Which values records have that are made now, or may be later on, by forms; nil where that isn't known.
            var coming: [Set<Int64>?] = forms.map { _ in [] }
            var (new, waiting): ([Int], [Int]) = ([], [])
            var isHeldUp = false
            for position in pending {
                let number = forms.firstIndex(of: items[position].values.properties) ?? 0
                let look = looks[number]
                var waits = coming[number] == nil
                if let taken = coming[number], let own = look.sought[position] { waits = taken.contains(own) }
                if !waits, let record = look.found[position] {
                    graphRecords.note(found: record, for: items[position].create)
                    found[position] = record
                    continue
                }
                // Behind one of which nobody can say whether it is made none is: keys are made in the order of the data.
                isHeldUp = isHeldUp || coming[number] == nil
                waits = waits || isHeldUp
                if waits { waiting.append(position) } else { new.append(position) }
                for number in forms.indices {
                    if let value = looks[number].written[position] {
                        coming[number]?.insert(value)
                    } else {
                        coming[number] = nil
                    }
                }
            }
            if !new.isEmpty {
                self.looks.noteMissing()
                let made = try await create(new.map { items[$0].create }, of: target)
                for (position, record) in zip(new, made) { found[position] = record }
            }
            pending = waiting
        }
        return items.indices.compactMap { found[$0] }
    }

    /// What a look-up has found, by the positions of conditions.
    private struct Look: Sendable {
        var found: [Int: ParentRecord] = [:]
        /// What tells the values that are looked for apart, and those of records to be made.
        var sought: [Int: Int64] = [:]
        var written: [Int: Int64] = [:]
    }

    /// Looks up all conditions of one form that wait, by one statement, and compares what they have with what would be made.
    private func look(
        _ form: [Property.ID], _ items: [SoughtValues], _ given: [[BoundValue.Contents]?], _ pending: [Int],
        _ target: Model
    ) async throws -> Look {
        let asked = pending.filter { items[$0].properties == form }
        guard !asked.isEmpty else { return Look() }
        let compared = pending.filter { given[$0] != nil }
        let values = asked.map { items[$0].values } + compared.compactMap { given[$0] }
        return try await context.answering { planning -> Look in
            let change = ModelChanges(planning.schema, target).seek(
                form, values, sought: asked.count, try first(of: target, planning))
            let graph = try await context.reading(change, of: target, planning)
            var look = Look()
            guard let rows = graph.rowSets[0] else { return look }
            let records = Self.parents(graph, target)
            for (row, record) in records.enumerated() {
                let place = Int(try rows.decode(Int64.self, row: row, column: rows.columnCount - 2)) - 1
                let same = try rows.decode(Int64.self, row: row, column: rows.columnCount - 1)
                guard place < asked.count else {
                    look.written[compared[place - asked.count]] = same
                    continue
                }
                look.sought[asked[place]] = same
                let isThere = target.primaryKey.allSatisfy { record[target.properties[$0].name] != .null }
                if isThere { look.found[asked[place]] = record }
            }
            return look
        }
    }

    /// What a new record has for some properties; nil where that isn't sure before it is made.
    private func written(
        _ record: NestedRecord, _ properties: [Property.ID], _ target: Model
    ) -> [BoundValue.Contents]? {
        let referred = record.relations.map(\.relation).filter { isReferred($0) }
        // A default scope writes what it says, whatever the data say.
        guard !referred.contains(where: \.copiesFromTarget),
            let said = try? planning.saidValues(of: target, unscoped: context.isUnscoped),
            !said.contains(where: { properties.contains($0.0) })
        else { return nil }
        let others = [target.version, target.softDelete, target.tenant].compactMap { $0?.id }
        var values: [BoundValue.Contents] = []
        for id in properties {
            let property = target.properties[id]
            let isLeftNull =
                referred.isEmpty && !others.contains(id) && property.definition.defaultValue == nil
                && property.definition.defaultFunction == nil && schema.filling(of: property, in: target) == .none
            guard
                let value = property.written(record[property.name], of: target, schema, isLeftNull: isLeftNull)
            else { return nil }
            values.append(value)
        }
        return values
    }
}

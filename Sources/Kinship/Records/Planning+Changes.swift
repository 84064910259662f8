// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import RelationPlanner

extension Planning {
    /// What is shown of the rows of a change: of a filter only `fields` and `include` count.
    func answer(_ filter: JSONValue?, of model: Model) throws(PlannerError) -> Filter {
        guard let filter else { return Filter() }
        let asked = try schema.filter(filter, for: model.id, limits: trees.filterLimits, cursors: trees.cursors)
        var answer = Filter()
        (answer.fields, answer.include) = (asked.fields, asked.include)
        return try scoped.resolved(answer, for: model.id, unscoped: true)
    }

    /// What records have to meet to be changed: the default scope of their model.
    func defaultCondition(of model: Model, unscoped: Bool) throws(PlannerError) -> Condition {
        try scoped.resolved(.always, for: model.id, unscoped: unscoped)
    }

    /// The records that a change of many is about.
    ///
    /// - Parameter condition: the `where`. Without one nothing is changed, for it may have been forgotten; `{}` means all (D39).
    func targets(_ condition: JSONValue?, of model: Model, unscoped: Bool) throws(PlannerError) -> Filter {
        guard let condition, condition != .null else {
            throw PlannerError(
                .invalidFilter, "A change of many records of \(model.name) needs a where; {} means all of them.",
                path: "where", model: model.name)
        }
        var filter = Filter()
        filter.condition = try schema.where(condition, for: model.id, limits: trees.filterLimits)
        if filter.condition.isTrueByForm, condition != .object([]) {
            throw PlannerError(
                .invalidFilter,
                "The where holds for every record of \(model.name), whatever is in it; write {} where all of them are meant.",
                path: "where", model: model.name)
        }
        var resolved = try scoped.resolved(filter, for: model.id, unscoped: unscoped)
        (resolved.include, resolved.fields) = ([], nil)
        return resolved
    }

    /// Checks the data of new records, and writes what their model's default scope says (D39).
    func records(
        _ data: [JSONValue], isList: Bool, at places: [String]? = nil, of model: Model,
        _ purpose: DataReader.Purpose = .create, takesKey: Bool = false, takesRelated given: Set<Property.ID> = [],
        unscoped: Bool = false
    ) throws -> [RecordData] {
        // Who has no tenant isn't told what is wrong with data.
        _ = try scoped.tenant(of: model)
        var reader = DataReader(schema, model, purpose, defaults)
        (reader.takesKey, reader.given) = (takesKey, given)
        var records: [RecordData] = []
        if let places {
            for (json, place) in zip(data, places) { records.append(reader.record(json, at: place)) }
        } else {
            records = isList ? reader.records(data) : [reader.record(data[0])]
        }
        try reader.finish()
        guard purpose != .update else { return try records.map { try withoutTenant($0, of: model) } }
        let said = try saidValues(of: model, unscoped: unscoped)
        guard !said.isEmpty else { return records }
        for position in records.indices {
            for (property, value) in said { records[position][property] = .value(value) }
        }
        return records
    }

    /// The change that makes new records; their data are checked as ``records(_:isList:at:of:_:takesKey:takesRelated:unscoped:)`` does.
    func creation(
        _ data: [JSONValue], isList: Bool, at places: [String]? = nil, of model: Model, unscoped: Bool
    ) throws -> Change {
        let changes = ModelChanges(schema, model)
        if let columns = try columns(data, of: model, unscoped: unscoped) { return changes.create(columns) }
        return changes.create(try records(data, isList: isList, at: places, of: model, unscoped: unscoped))
    }

    /// The values of new records, and of what their model's default scope writes (D39); nil where they have to be checked one by one.
    private func columns(_ data: [JSONValue], of model: Model, unscoped: Bool) throws -> RecordColumns? {
        guard var columns = form(of: model)?.columns(of: data) else { return nil }
        for (property, value) in try saidValues(of: model, unscoped: unscoped) {
            guard value.type == model.properties[property].columnType else { return nil }
            columns.set(property, value.contents)
        }
        return columns
    }

    /// What a model's default scope says that new records have.
    func saidValues(of model: Model, unscoped: Bool) throws -> [(Property.ID, BoundValue)] {
        try scoped.resolved(.always, for: model.id, unscoped: unscoped, isNew: true).saidValues
    }

    /// The plan that makes one record whose data are as most are, and what is bound to it: by which properties have values, where
    /// such a record was made before.
    ///
    /// - Returns: nil where it has to be checked, or planned, with all that goes with it.
    func knownCreation(_ data: JSONValue, of name: String, unscoped: Bool) throws -> (PreparedPlan, [BoundValue])? {
        // What a function gives is this request's alone.
        guard !schema.hasScopeFunctions, !scoped.isOwn, scoped.access == nil, schema.copies.groups.isEmpty,
            let form = try form(of: name), let (given, values) = form.values(of: data)
        else { return nil }
        let key = CreationKey(model: form.model.id, given: given, isUnscoped: unscoped)
        let hash = creations.hash(key)
        if let plan = creations.value(key, hash: hash) {
            changes.noteHit()
            return (plan, values)
        }
        // Values that a scope says stand beside those of the data, or in their place.
        guard try saidValues(of: form.model, unscoped: unscoped).isEmpty else { return nil }
        let change = try creation([data], isList: false, of: form.model, unscoped: unscoped)
        let (plan, bound) = try prepare(change, showing: Filter(), of: form.model)
        guard bound == values else { return nil }
        creations.keep(plan, of: key, hash: hash, weight: plan.size)
        return (plan, values)
    }

    /// Checks data that make a record only where there is none: what is wrong with them for a new record counts only then.
    func newRecord(
        _ data: JSONValue, of model: Model, takesKey: Bool = false, unscoped: Bool
    ) throws -> Result<RecordData, ValidationError> {
        do {
            return .success(try record(data, of: model, .create, takesKey: takesKey, unscoped: unscoped))
        } catch let error as ValidationError where error.problems.allSatisfy({ $0.code == .presence }) {
            return .failure(error)
        }
    }

    /// Checks the data of one record.
    func record(
        _ data: JSONValue, of model: Model, _ purpose: DataReader.Purpose, takesKey: Bool = false,
        unscoped: Bool = false
    ) throws -> RecordData {
        try records([data], isList: false, of: model, purpose, takesKey: takesKey, unscoped: unscoped)[0]
    }

    /// The key that the data of a record have; nil where they have none, or not all of it.
    func key(_ data: JSONValue, of model: Model) throws(PlannerError) -> [BoundValue]? {
        var values: [BoundValue] = []
        for property in try primaryKey(of: model) {
            guard let json = data[model.properties[property].name], json != .null else { return nil }
            values.append(try schema.value(json, of: property, in: model.id))
        }
        return values
    }

    /// Takes the key out of data that are for the record with a key; they may only say what it is anyway.
    func withoutKey(_ data: RecordData, _ key: [BoundValue], of model: Model) throws(PlannerError) -> RecordData {
        var data = data
        for (property, value) in zip(model.primaryKey, key) {
            if let given = data[property], given != .value(value) {
                let name = model.properties[property].name
                throw PlannerError(
                    .keyOverride,
                    "The key of a record can't be changed; leave \"\(name)\" out, or make another record.",
                    path: name, model: model.name, property: name)
            }
            data[property] = nil
        }
        return data
    }

    /// The error of data that would give a record another key.
    func keyOverride(_ model: Model, _ property: Property.ID? = nil) -> PlannerError {
        let name = (property ?? model.primaryKey.first).map { model.properties[$0].name } ?? "id"
        return PlannerError(
            .keyOverride, "The key of records can't be changed; leave \"\(name)\" out.", path: name, model: model.name,
            property: name)
    }

    /// The error of records that a trigger or a rule of their table has kept from being made, without an error of its own.
    func notMade(_ count: Int, of all: Int, _ model: Model) -> PlannerError {
        PlannerError(
            .unsupported,
            "A trigger or a rule of \(model.table) passed over \(count) of \(all) new records of \(model.name), and said nothing; let it raise an error.",
            model: model.name)
    }

    /// The error of a record that there is none of.
    func missing(_ model: Model, _ id: JSONValue) -> PlannerError {
        PlannerError(
            .modelNotFound, "There is no \(model.name) with the key \(id.description).", model: model.name)
    }
}

extension Condition {
    /// Whether it is true of every row, whatever the row is.
    fileprivate var isTrueByForm: Bool {
        switch self {
        case .always: true
        case .all(let conditions): conditions.allSatisfy(\.isTrueByForm)
        case .any(let conditions): conditions.contains(where: \.isTrueByForm)
        case .not(let condition): condition.isFalseByForm
        case .member(_, let values, _, negated: true): values.contents == .array([])
        default: false
        }
    }

    /// Whether it is false of every row, whatever the row is.
    private var isFalseByForm: Bool {
        switch self {
        case .never: true
        case .all(let conditions): conditions.contains(where: \.isFalseByForm)
        case .any(let conditions): conditions.allSatisfy(\.isFalseByForm)
        case .not(let condition): condition.isTrueByForm
        case .member(_, let values, false, negated: false): values.contents == .array([])
        default: false
        }
    }

    /// The values that it says some properties have.
    var saidValues: [(Property.ID, BoundValue)] {
        conjuncts.compactMap { condition in
            guard case .comparison(let operand, .equal, let value) = condition, operand.path.isEmpty else { return nil }
            return (operand.property, value)
        }
    }
}

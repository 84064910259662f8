// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import RelationPlanner

extension Planning {
    /// The changes of what a relation of one record leads to.
    ///
    /// - Parameters:
    ///   - id: the record's key.
    ///   - condition: which targets are meant, as a filter's `where`; nil for all.
    ///   - type: the model of the target, of a belongsTo to several models; nil where that makes no difference.
    ///   - parent: the record, of a relation whose scope is a function of it.
    /// - Throws: ``PlannerError`` `UNSAVED_INSTANCE` for a record without a key (D2), `UNKNOWN_RELATION`, `INVALID_VALUE`.
    func changes(
        of relation: String, _ model: String, id: JSONValue, where condition: JSONValue? = nil, type: Model? = nil,
        for parent: ScopeParent = .notNeeded, unscoped: Bool
    ) throws -> RelationChanges {
        try changesAndRecords(
            of: relation, model, id: id, where: condition, type: type, for: parent, unscoped: unscoped
        ).changes
    }

    /// The same, and the relation as it is read.
    ///
    /// - Parameter filter: which targets are meant, in which order: instead of a condition alone.
    func changesAndRecords(
        of relation: String, _ model: String, id: JSONValue, where condition: JSONValue? = nil,
        filter: JSONValue? = nil, type: Model? = nil, for parent: ScopeParent = .notNeeded, unscoped: Bool
    ) throws -> (changes: RelationChanges, include: Include) {
        let source = try self.model(model)
        guard id != .null else {
            throw PlannerError(
                .unsavedInstance,
                "A \(source.name) without a key has no \(relation) yet; make the record first, or give its key.",
                model: source.name, relation: relation)
        }
        let include = try schema.accessor(
            relation, filter: filter ?? condition.map { .object([.init("where", $0)]) }, of: source.id,
            limits: trees.filterLimits, cursors: trees.cursors)
        let resolved: Include
        switch parent {
        case .notNeeded: resolved = try scoped.resolved(accessor: include, of: source.id, unscoped: unscoped)
        case .record(let record):
            resolved = try scoped.resolved(accessor: include, of: source.id, for: record, unscoped: unscoped)
        case .missing:
            var nothing = include
            nothing.scope.condition = .never
            resolved = nothing
        }
        guard resolved.deferral == nil else {
            throw PlannerError(
                .unsupported,
                "The scope of \(source.name).\(relation) is a function of the record, which this operation doesn't read; read the records, and change them by their keys.",
                model: source.name, relation: relation)
        }
        let way = source.relations[include.relation]
        if way.target == nil {
            return (
                try polymorphicChanges(of: way, source, id: id, type: type, as: resolved, unscoped: unscoped), resolved
            )
        }
        let changes = try RelationChanges(
            schema, way, key: try keyValues(id, of: source),
            sourceScope: try defaultCondition(of: source, unscoped: unscoped), scope: resolved.scope,
            linkScope: resolved.link?.condition ?? .always,
            linkAccess: try way.through.map { try scoped.reachable(schema[$0.model]) } ?? .always)
        return (changes, resolved)
    }

    /// The changes of a belongsTo to several models, as it is where it leads to one of them: with the scope that it has for that one.
    private func polymorphicChanges(
        of relation: Relation, _ source: Model, id: JSONValue, type: Model?, as include: Include, unscoped: Bool
    ) throws -> RelationChanges {
        guard let target = type?.id ?? relation.polymorphic?.targets.first, let one = relation.leading(to: target)
        else {
            throw PlannerError(
                .unsupported, "\(source.name).\(relation.name) leads to no model that is known.", model: source.name,
                relation: relation.name)
        }
        var scope = include.scope(for: target)
        // Where there is no such record it leads to nothing.
        if include.scope.condition != .always {
            scope.condition = .all([scope.condition, include.scope.condition])
        }
        return try RelationChanges(
            schema, one, key: try keyValues(id, of: source),
            sourceScope: try defaultCondition(of: source, unscoped: unscoped), scope: scope, linkScope: .always)
    }

    /// Which model's record a key or data are, of a belongsTo to several models: `{"Group": …}`. Of other relations they are what they
    /// are.
    ///
    /// - Throws: ``PlannerError`` `INVALID_VALUE` where none of its models is named.
    func typed(_ json: JSONValue, of relation: String, _ model: String) throws(PlannerError) -> (Model?, JSONValue) {
        guard let source = schema.model(model), let way = source.relation(relation), way.kind == .belongsTo,
            way.target == nil, let polymorphic = way.polymorphic
        else { return (nil, json) }
        let names = polymorphic.targets.map { schema[$0].name }
        guard let members = json.members, members.count == 1,
            let target = schema.target(of: way, type: members[0].key)
        else {
            throw PlannerError(
                .invalidValue,
                "\(model).\(relation) leads to records of several models; say which, as {\"\(names.first ?? "Model")\": …}. Models: \(names.joined(separator: ", ")).",
                path: relation, model: model, relation: relation)
        }
        return (schema[target], members[0].value)
    }

    /// What a relation writes besides what statements copy; nil where it is nothing, or there is no such relation.
    func filling(of relation: String, _ model: String) throws -> Filling? {
        let source = try self.model(model)
        guard let known = source.relation(relation), known.mayFill else { return nil }
        return Filling(known, of: source)
    }

    /// Checks the data of one of a relation's targets that is changed, or replaced: what the relation says of it stays then.
    func record(
        _ data: JSONValue, of changes: RelationChanges, _ purpose: DataReader.Purpose, unscoped: Bool
    ) throws -> RecordData {
        let target = changes.target
        guard purpose == .replace else { return try record(data, of: target, purpose) }
        let kept = changes.keptKeys
        var record = try records(
            [data], isList: false, of: target, purpose, takesKey: true, takesRelated: kept, unscoped: unscoped)[0]
        for property in kept where data[target.properties[property].name] == nil { record[property] = nil }
        return record
    }

    /// What a new link has besides its keys: what the data say, and the defaults of its model.
    ///
    /// - Parameter isOne: whether one is made, so that what functions make needn't be made by the server for each.
    func link(_ data: JSONValue = .object([]), of changes: RelationChanges, isOne: Bool) throws -> RecordData {
        guard let through = changes.relation.through else { return RecordData() }
        let link = schema[through.model]
        var reader = DataReader(schema, link, .create, defaults)
        // Its keys are the relation's to give; what it lacks besides, its table says.
        reader.given = Set(link.properties.map(\.id))
        var record = reader.record(data)
        try reader.finish()
        guard !isOne else { return record }
        for property in link.properties {
            guard let function = property.definition.defaultFunction, let text = Self.unique(function),
                record[property.id] != nil, data[property.name] == nil
            else { continue }
            record[property.id] = .expression(text)
        }
        return record
    }

    /// What makes another name or number for each row.
    private static func unique(_ function: String) -> String? {
        switch function.lowercased() {
        case "guid", "uuid", "uuidv4": "gen_random_uuid()"
        case "shortid", "nanoid": "left(replace(gen_random_uuid()::text, '-', ''), 21)"
        default: nil
        }
    }
}

/// The record that the scope of a relation is a function of (D11).
enum ScopeParent {
    /// The scope is no function.
    case notNeeded
    case record(ParentRecord)
    /// There is no such record, so that the relation leads to nothing.
    case missing
}

extension SessionContext {
    /// The changes of what a relation of one record leads to, and the relation as it is read. Where its scope is a function the record is
    /// read and held first: what the function says is true of it until the transaction ends.
    func changesAndRecords(
        of relation: String, _ model: String, id: JSONValue, where condition: JSONValue? = nil,
        filter: JSONValue? = nil, type: Model? = nil, _ planning: Planning
    ) async throws -> (changes: RelationChanges, include: Include) {
        var parent = ScopeParent.notNeeded
        if isByRecord(relation, model), id != .null {
            let held = try await heldRecord(of: try planning.model(model), id: id, .noKeyUpdate, as: .find)
            parent = held.map { .record($0) } ?? .missing
        }
        return try planning.changesAndRecords(
            of: relation, model, id: id, where: condition, filter: filter, type: type, for: parent,
            unscoped: isUnscoped)
    }

    /// ``changesAndRecords(of:_:id:where:filter:type:_:)`` without what is read.
    func changes(
        of relation: String, _ model: String, id: JSONValue, where condition: JSONValue? = nil, type: Model? = nil,
        _ planning: Planning
    ) async throws -> RelationChanges {
        try await changesAndRecords(of: relation, model, id: id, where: condition, type: type, planning).changes
    }

    /// Whether the scope of a relation is a function of its record.
    @inline(__always)
    func isByRecord(_ relation: String, _ model: String) -> Bool {
        let schema = state.planning.schema
        return schema.hasScopeFunctions && schema.model(model)?.relation(relation)?.hasScopeFunction == true
    }

    /// Whether a change through a relation needs a transaction, for it reads the record first.
    @inline(__always)
    func needsTransaction(_ relation: String, _ model: String) -> Bool {
        guard isByRecord(relation, model) else { return false }
        if case .transaction = source { return false }
        return true
    }

    /// ``Planning/typed(_:of:_:)``, where hooks may want to know.
    func typed(_ json: JSONValue, of relation: String, _ model: String) throws(PlannerError) -> (Model?, JSONValue) {
        guard hooks != nil else { return (nil, json) }
        return try state.planning.typed(json, of: relation, model)
    }
}

extension JSONValue {
    /// Data of a record that one of several models may be meant for, with its name.
    func typed(_ model: Model?) -> JSONValue { model.map { .object([.init($0.name, self)]) } ?? self }
}

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
    /// - Throws: ``PlannerError`` `UNSAVED_INSTANCE` for a record without a key (D2), `UNKNOWN_RELATION`, `INVALID_VALUE`.
    func changes(
        of relation: String, _ model: String, id: JSONValue, where condition: JSONValue? = nil, type: Model? = nil,
        unscoped: Bool
    ) throws -> RelationChanges {
        try changesAndRecords(of: relation, model, id: id, where: condition, type: type, unscoped: unscoped).changes
    }

    /// The same, and the relation as it is read.
    func changesAndRecords(
        of relation: String, _ model: String, id: JSONValue, where condition: JSONValue? = nil, type: Model? = nil,
        unscoped: Bool
    ) throws -> (changes: RelationChanges, include: Include) {
        let source = try self.model(model)
        guard id != .null else {
            throw PlannerError(
                .unsavedInstance,
                "A \(source.name) without a key has no \(relation) yet; make the record first, or give its key.",
                model: source.name, relation: relation)
        }
        let include = try schema.accessor(
            relation, filter: condition.map { .object([.init("where", $0)]) }, of: source.id,
            limits: trees.filterLimits, cursors: trees.cursors)
        let resolved = try scoped.resolved(accessor: include, of: source.id, unscoped: unscoped)
        guard resolved.deferral == nil else {
            throw PlannerError(
                .unsupported,
                "The scope of \(source.name).\(relation) is a function of the record, which says which records there are only when it is read; read them, and change them by their keys.",
                model: source.name, relation: relation)
        }
        let way = source.relations[include.relation]
        if way.target == nil {
            return (try polymorphicChanges(of: way, source, id: id, type: type, unscoped: unscoped), resolved)
        }
        let changes = try RelationChanges(
            schema, way, key: try keyValues(id, of: source),
            sourceScope: try defaultCondition(of: source, unscoped: unscoped), scope: resolved.scope,
            linkScope: resolved.link?.condition ?? .always,
            linkAccess: try way.through.map { try scoped.reachable(schema[$0.model]) } ?? .always)
        return (changes, resolved)
    }

    /// The changes of a belongsTo to several models, as it is where it leads to one of them.
    private func polymorphicChanges(
        of relation: Relation, _ source: Model, id: JSONValue, type: Model?, unscoped: Bool
    ) throws -> RelationChanges {
        guard relation.definition.scope == nil, !relation.hasScopeFunction,
            let target = type?.id ?? relation.polymorphic?.targets.first, let one = relation.leading(to: target)
        else {
            throw PlannerError(
                .unsupported,
                "\(source.name).\(relation.name) has a scope of its own for records of several models; change these by themselves, and set its key and type.",
                model: source.name, relation: relation.name)
        }
        return try RelationChanges(
            schema, one, key: try keyValues(id, of: source),
            sourceScope: try defaultCondition(of: source, unscoped: unscoped),
            scope: try scoped.resolved(Filter(), for: target, unscoped: unscoped), linkScope: .always)
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

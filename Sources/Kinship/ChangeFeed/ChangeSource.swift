// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import RelationPlanner

/// Where the changes of a model come from: its table, what of a notification is its key, and whose of them are heard.
struct ChangeSource: Sendable {
    /// A table by its names.
    struct Table: Sendable, Hashable {
        let schema: String
        let name: String
    }

    /// Which rows are heard of.
    private struct Owner: Sendable {
        let column: String
        /// Whether such a value is the one that is listened for; nil where all are heard.
        let isHeard: (@Sendable (JSONValue) -> Bool)?
    }

    let model: String
    let table: Table
    /// The key's properties and their columns.
    private let key: [(property: String, column: String)]
    private let tenant: Owner?

    /// The changes of the records that a session may hear of.
    ///
    /// - Throws: ``PlannerError`` `UNSUPPORTED` for a model without a table or a key, and for one whose key or `tenant` is a secret;
    ///   `TENANT_REQUIRED`.
    init(_ model: Model, of scoped: ScopedSchema) throws(PlannerError) {
        let (schema, id) = (scoped.schema, model.id)
        if let secret = Self.secret(model, schema) { throw secret }
        guard let (property, value) = try scoped.tenancy?.value(for: model, in: scoped.schema) else {
            try self.init(model)
            return
        }
        // Whatever the trigger's session was set to, a value that is the same is read as the same.
        try self.init(model) { (try? schema.value($0, of: property.id, in: id)) == value }
    }

    private init(_ model: Model, isHeard: (@Sendable (JSONValue) -> Bool)? = nil) throws(PlannerError) {
        guard model.isPersisted, !model.primaryKey.isEmpty else {
            throw PlannerError(
                .unsupported,
                "\(model.name) has no table with a key, so that nobody can tell which record has changed.",
                model: model.name)
        }
        self.model = model.name
        table = Table(schema: model.tableSchema, name: model.table)
        key = model.primaryKey.map { (model.properties[$0].name, model.properties[$0].column) }
        tenant = model.tenant.map { Owner(column: $0.column, isHeard: isHeard) }
    }

    // MARK: Secrets

    /// The error of a model of which others may not know the key, or whose a record is; nil for all other ones.
    private static func secret(_ model: Model, _ schema: Schema) -> PlannerError? {
        let what: String
        if isToken(model, schema) || model.primaryKey.contains(where: { model.properties[$0].isHidden }) {
            what = "The key of \(model.name) is a secret"
        } else if model.tenant?.isHidden == true {
            what = "Whose the records of \(model.name) are is hidden"
        } else {
            return nil
        }
        return PlannerError(
            .unsupported, "\(what), which notifications would tell to all who are connected to the database.",
            model: model.name)
    }

    /// Whether a model is LoopBack's of access tokens, made of it, or of its table: its key is what people log in with.
    private static func isToken(_ model: Model, _ schema: Schema) -> Bool {
        func isMadeOfTokens(_ model: Model) -> Bool {
            var next: Model? = model
            for _ in 0...schema.models.count {
                guard let known = next else { return false }
                if known.name == "AccessToken" || known.definition.base == "AccessToken" { return true }
                next = schema.model(known.definition.base)
            }
            return false
        }
        return schema.models.contains {
            $0.table == model.table && $0.tableSchema == model.tableSchema && isMadeOfTokens($0)
        }
    }

    // MARK: Triggers

    /// The triggers of a schema's models, each table's once.
    ///
    /// - Parameters:
    ///   - models: their names; nil for all that have a table with a key that others may know.
    ///   - takesSecrets: whether those count as well of which something told is a secret: for triggers that are to go.
    /// - Throws: ``PlannerError`` `UNKNOWN_MODEL`, and `UNSUPPORTED` for a model that was named and has none.
    static func triggers(
        _ schema: Schema, _ models: [String]?, takesSecrets: Bool = false
    ) throws(PlannerError) -> [ChangeTrigger] {
        let known = schema.models.filter { takesSecrets || secret($0, schema) == nil }
        let all = known.compactMap { try? ChangeSource($0) }
        var wanted = all
        if let models {
            wanted = []
            for name in models {
                let model = schema[try schema.id(of: name)]
                if !takesSecrets, let secret = secret(model, schema) { throw secret }
                wanted.append(try ChangeSource(model))
            }
        }
        var seen: Set<Table> = []
        return wanted.map(\.table).filter { seen.insert($0).inserted }.map { table in
            // Models of one table may have other properties for a key: all of them are told.
            let columns = all.filter { $0.table == table }.flatMap(\.columns)
            return ChangeTrigger(schema: table.schema, table: table.name, columns: columns)
        }
    }

    /// What has to be told of a row.
    private var columns: [String] { key.map { $0.column } + (tenant.map { [$0.column] } ?? []) }

    /// What a notification is for this model; nil where it is of another table, or of a record that isn't heard of.
    func event(_ payload: ChangePayload) -> ChangeEvent? {
        guard payload.table == table else { return nil }
        guard let kind = payload.kind else { return .gap(.many) }
        if let tenant, let isHeard = tenant.isHeard {
            // Triggers that were made before there were tenants say nothing of whose it is.
            guard let value = payload.row[tenant.column] else { return .gap(.many) }
            // Somebody else's, or nobody's.
            guard value != .null, isHeard(value) else { return nil }
        }
        let values = key.map { payload.row[$0.column] ?? .null }
        // Triggers that were made for another key.
        guard !values.contains(.null) else { return .gap(.many) }
        let key =
            values.count == 1 ? values[0] : .object(zip(self.key, values).map { .init($0.property, $1) })
        return .change(RecordChange(model: model, kind: kind, key: key))
    }
}

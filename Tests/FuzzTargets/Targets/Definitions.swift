// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import RelationPlanner

extension FuzzTarget {
    /// A model file beside two others.
    package static let definition = FuzzTarget(
        name: "definition", seeds: [order, customer].map { Array($0.utf8) } + [Array(odd.utf8)], words: modelWords
    ) { bytes in
        try judge { leniency in
            var reading = DefinitionReading(leniency: leniency)
            reading.read(Array(customer.utf8), file: "customer.json")
            reading.read(bytes, file: "order.json")
            return reading
        }
    }

    /// An application's files, separated by NUL: `model-config.json`, `datasources.json`, and models.
    package static let application = FuzzTarget(
        name: "application",
        seeds: [
            [
                #"{"_meta": {"sources": ["./models"]}, "Order": {"dataSource": "db"}, "Customer": {"dataSource": "db", "public": false}}"#,
                #"{"db": {"name": "db", "connector": "postgresql"}}"#, order, customer,
            ].joined(separator: "\0"),
            [#"{"User": {"dataSource": "db", "options": {"strict": true}}}"#, "{}"].joined(separator: "\0"),
        ].map { Array($0.utf8) }, words: modelWords + ["dataSource", "connector", "_meta", "sources", "\0"]
    ) { bytes in
        let files = bytes.split(separator: 0, maxSplits: 8, omittingEmptySubsequences: false).map(Array.init)
        return try judge { leniency in
            let configuration = try ModelConfiguration(json: files[0], file: "model-config.json")
            let sources = files.count > 1 ? try DataSources(json: files[1], file: "datasources.json") : DataSources()
            let models = try files.dropFirst(2).enumerated().map { index, bytes in
                try ModelFile(json: bytes, path: "model\(index).json")
            }
            var reading = DefinitionReading(leniency: leniency)
            reading.add(
                try ApplicationDefinition(
                    files: models, configuration: configuration, dataSources: sources, leniency: leniency))
            return reading
        }
    }

    /// Both leniencies give a schema, or an error that says what is wrong.
    private static func judge(_ read: (Leniency) throws -> DefinitionReading) throws -> Bool {
        var isAccepted: [Bool] = []
        for leniency in [Leniency.strict, .lenient] {
            isAccepted.append(
                try Invariants.accepts {
                    let schema = try read(leniency).schema()
                    for warning in schema.warnings {
                        try Invariants.check(message: warning.description, of: "a warning")
                    }
                    let scoped = try ScopedSchema(schema)
                    for model in schema.models where model.isPersisted {
                        let filter = try scoped.resolved(Filter(), for: model.id)
                        _ = try Planner(schema: schema).plan(filter.parameterized().shape, for: model.id)
                    }
                })
        }
        guard !isAccepted[0] || isAccepted[1] else { throw Finding("accepted strictly, refused leniently") }
        return isAccepted[0]
    }

    private static let customer =
        #"{"name": "Customer", "properties": {"id": {"type": "number", "id": true}, "name": "string", "tags": ["string"]}, "relations": {"orders": {"type": "hasMany", "model": "Order", "foreignKey": "customerId"}}, "scope": {"where": {"name": {"neq": "x"}}}}"#
    private static let order =
        #"{"name": "Order", "base": "PersistedModel", "options": {"postgresql": {"schema": "public", "table": "orders"}}, "properties": {"id": {"type": "number", "id": 1, "generated": true}, "customerId": {"type": "number", "postgresql": {"columnName": "customer_id", "dataType": "integer"}}, "total": {"type": "number", "required": true}}, "relations": {"customer": {"type": "belongsTo", "model": "Customer"}}, "scopes": {"big": {"where": {"total": {"gt": 100}}}}, "hidden": ["total"], "indexes": {"a": {"keys": {"total": 1}}}}"#
    private static let odd =
        #"{"name": "Order", "properties": {"id": {"type": "string", "id": true}, "ownerId": "string", "ownerType": "string", "list": {"type": [{"a": "number"}]}}, "relations": {"owner": {"type": "belongsTo", "polymorphic": true}, "peers": {"type": "hasAndBelongsToMany", "model": "Order"}, "parts": {"type": "embedsMany", "model": "Customer", "property": "list"}, "refs": {"type": "referencesMany", "model": "Customer"}, "through": {"type": "hasMany", "model": "Customer", "through": "Order"}}, "strict": "filter", "mixins": {"X": true}, "acls": []}"#
    private static let modelWords = [
        "name", "base", "properties", "relations", "type", "model", "hasMany", "hasOne", "belongsTo", "through",
        "embedsOne", "embedsMany", "referencesMany", "hasAndBelongsToMany", "polymorphic", "foreignKey", "primaryKey",
        "keyThrough", "scope", "scopes", "hidden", "options", "postgresql", "id", "Order", "Customer", "User", "null",
        "true", "[]", "{}", "string", "number", "date", "object", "any", "embedded", "discriminator", "invert", "as",
    ]
}

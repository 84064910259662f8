// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Testing

@testable import RelationPlanner

/// A library with every kind of relation, and its steps before and after some passes.
enum LibrarySchema {
    static let definitions = [
        """
        {"name": "Book", "properties": {"id": {"type": "number", "id": true}, "title": "string", "writerId": "number",
            "editorId": "number", "readerIds": ["number"]},
         "relations": {"writer": {"type": "belongsTo", "model": "Person", "foreignKey": "writerId"},
            "editor": {"type": "belongsTo", "model": "Person", "foreignKey": "editorId"},
            "cover": {"type": "hasOne", "model": "Cover", "foreignKey": "bookId"},
            "readers": {"type": "referencesMany", "model": "Person", "foreignKey": "readerIds"},
            "topics": {"type": "hasMany", "model": "Topic", "through": "Mark", "foreignKey": "bookId",
                "keyThrough": "topicId"}}}
        """,
        """
        {"name": "Person", "properties": {"id": {"type": "number", "id": true}, "name": "string"},
         "relations": {"books": {"type": "hasMany", "model": "Book", "foreignKey": "writerId"}}}
        """,
        """
        {"name": "Cover", "properties": {"id": {"type": "number", "id": true}, "bookId": "number"},
         "relations": {"book": {"type": "belongsTo", "model": "Book", "foreignKey": "bookId"}}}
        """,
        #"{"name": "Topic", "properties": {"id": {"type": "number", "id": true}, "name": "string"}}"#,
        """
        {"name": "Mark", "properties": {"id": {"type": "number", "id": true}, "bookId": "number", "topicId": "number"}}
        """,
        """
        {"name": "Comment", "properties": {"id": {"type": "number", "id": true}, "aboutId": "number",
            "aboutType": "string"},
         "relations": {"about": {"type": "belongsTo", "polymorphic": "about"}}}
        """,
    ]

    /// What the database has: an index and a foreign key for each relation, the covers' one unique; marks are many.
    static func catalog(marks: Double = 100_000, foreignKeys: Bool = true) -> Catalog {
        func table(
            _ name: String, _ columns: [String], keys: [String: String] = [:], rows: Double = 1000
        ) -> Catalog.Table {
            Catalog.Table(
                name: name,
                columns: columns.map {
                    Catalog.Column(
                        $0,
                        $0 == "readerids" ? .int4.array : ["title", "name", "abouttype"].contains($0) ? .text : .int4)
                },
                primaryKey: ["id"],
                indexes: keys.keys.sorted().map {
                    Catalog.Index(name: $0, columns: [.init($0)], isUnique: name == "cover")
                },
                foreignKeys: foreignKeys
                    ? keys.map {
                        Catalog.ForeignKey(
                            name: $0, columns: [$0], target: Catalog.TableName("public", $1), targetColumns: ["id"])
                    } : [],
                estimatedRows: rows)
        }
        return Catalog([
            table(
                "book", ["id", "title", "writerid", "editorid", "readerids"],
                keys: ["writerid": "person", "editorid": "person"]),
            table("person", ["id", "name"]), table("cover", ["id", "bookid"], keys: ["bookid": "book"]),
            table("topic", ["id", "name"], rows: 20),
            table("mark", ["id", "bookid", "topicid"], keys: ["bookid": "book", "topicid": "topic"], rows: marks),
            table("comment", ["id", "aboutid", "abouttype"]),
        ])
    }

    /// The tree of a filter after some passes.
    static func tree(
        _ model: String, _ filter: String, _ passes: [any Pass] = [], _ options: PlanOptions = PlanOptions(),
        catalog: Catalog? = Self.catalog()
    ) throws -> StepTree {
        var schema = try Schema(definitions: definitions.map { try ModelDefinition(json: Array($0.utf8), file: nil) })
        schema.catalog = catalog
        let model = try #require(schema.model(model))
        let checked = try schema.filter(JSONValue(parsing: filter), for: model.id)
        let shape = try ScopedSchema(schema).resolved(checked, for: model.id).parameterized().shape
        var tree = try StepTree.reading(shape, of: model, in: schema, options)
        for pass in passes { pass.run(on: &tree) }
        return tree
    }
}

extension StepTree {
    /// The names of the models whose rows the steps give, in their order.
    var models: [String] { order.map { schema[steps[$0].model].name } }

    /// The step whose rows a node's records are, and where it stands among those that are asked.
    func step(of node: Node.ID) throws -> (step: Step, position: Int) {
        let id = try #require(nodes[node].step)
        return (steps[id], try #require(order.firstIndex(of: id)))
    }
}

// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Kinship
import RelationPlanner
import Testing

/// One operation that changes something: its result as JSON, and what it took.
typealias WriteOperation = @Sendable (Case, Database) async throws -> (json: [UInt8], statistics: ExecutionStatistics)

/// By the names that the corpus has for them.
let writeOperations = recordWrites.merging(relationWrites) { _, last in last }

private func row(_ graph: Graph) throws -> (json: [UInt8], statistics: ExecutionStatistics) {
    (try graph.firstJSON(), graph.statistics)
}

private func row(_ records: ChangedRecords) throws -> (json: [UInt8], statistics: ExecutionStatistics) {
    (try records.firstJSON(), records.statistics)
}

private func count(_ result: CountResult) -> (json: [UInt8], statistics: ExecutionStatistics) {
    (Array(#"{"count":\#(result.count)}"#.utf8), result.statistics)
}

private let recordWrites: [String: WriteOperation] = [
    "create": { try row(try await $1.create($0.model, $0.required("data"))) },
    "upsert": { try row(try await $1.upsert($0.model, $0.required("data"))) },
    "updateAttributes": {
        try row(try await $1.updateById($0.model, id: $0.required("idValue"), $0.required("data")))
    },
    "replaceById": { try row(try await $1.replaceById($0.model, id: $0.required("idValue"), $0.required("data"))) },
    "upsertWithWhere": {
        try row(try await $1.upsertWithWhere($0.model, where: $0.required("where"), $0.required("data")))
    },
    "updateAll": { count(try await $1.updateAll($0.model, where: $0.required("where"), $0.required("data"))) },
    "deleteAll": { count(try await $1.deleteAll($0.model, where: $0.required("where"))) },
    "deleteById": { count(try await $1.deleteById($0.model, id: $0.required("idValue"))) },
    "findOrCreate": { example, database in
        let found = try await database.findOrCreate(
            example.model, filter: example.required("filter"), example.required("data"))
        let instance = String(decoding: try found.graph.firstJSON(), as: UTF8.self)
        return (
            Array(#"{"instance":\#(instance),"created":\#(found.isCreated)}"#.utf8), found.graph.statistics
        )
    },
]

private let relationWrites: [String: WriteOperation] = [
    "relCreate": { example, database in
        try row(
            try await database.createRelated(
                example.model, id: example.required("idValue"), relation: example.requiredText("relation"),
                example.required("data")))
    },
    "relAdd": { example, database in
        try row(
            try await database.addRelated(
                example.model, id: example.required("idValue"), relation: example.requiredText("relation"),
                key: example.required("target"), example["data"] ?? [:]))
    },
    "relRemove": { example, database in
        let removed = try await database.removeRelated(
            example.model, id: example.required("idValue"), relation: example.requiredText("relation"),
            key: example.required("target"))
        return (Array((removed.keys?.description ?? "null").utf8), removed.statistics)
    },
    "relUpdateById": { example, database in
        try row(
            try await database.updateRelated(
                example.model, id: example.required("idValue"), relation: example.requiredText("relation"),
                key: example.required("fk"), example.required("data")))
    },
    "relDestroyById": { example, database in
        let deleted = try await database.deleteRelated(
            example.model, id: example.required("idValue"), relation: example.requiredText("relation"),
            key: example.required("fk"))
        let relation = database.schema.model(example.model)?.relation(try example.requiredText("relation"))
        return relation?.embedded == nil ? count(deleted) : (Array("null".utf8), deleted.statistics)
    },
    "relDestroyAll": { example, database in
        count(
            try await database.deleteAllRelated(
                example.model, id: example.required("idValue"), relation: example.requiredText("relation"),
                where: example["where"]))
    },
]

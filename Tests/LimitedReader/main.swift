// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import BenchmarkFloor
import Foundation
import Kinship
import Libpq
import RelationPlanner

// Makes one request that is refused, in a process of its own, and says by how much the most memory it ever took grew for it.
// Arguments: a URL, and what to do: root, include or raw, and rows or bytes; or written and the limit's name; or resources and which.
let (url, place, limit) = (CommandLine.arguments[1], CommandLine.arguments[2], CommandLine.arguments[3])

if place == "resources" {
    print(try await Resources.run(limit, url: url))
    exit(0)
}

let schema = try Schema(definitions: [
    ModelDefinition(
        json: Array(
            #"""
            {"name": "Sack", "properties": {"id": {"type": "number", "id": true}},
             "relations": {"grains": {"type": "hasMany", "model": "Grain", "foreignKey": "sack"}}}
            """#.utf8), file: nil),
    ModelDefinition(
        json: Array(
            #"""
            {"name": "Grain", "properties": {"id": {"type": "number", "id": true}, "sack": {"type": "number"},
                "kind": {"type": "string"}, "weight": {"type": "number"}},
             "relations": {"owner": {"type": "belongsTo", "model": "Sack", "foreignKey": "sack"}}}
            """#.utf8), file: nil),
])
var trees = limit == "rows" ? TreeOptions(maximumRows: 10_000) : TreeOptions(maximumBytes: 1 << 20)
if place == "written" {
    trees = limit == "rows" ? TreeOptions() : TreeOptions(maximumRecordsWritten: nil, maximumBytesWritten: 1 << 20)
}
let database = try await Database.open(
    schema: schema, connection: ConnectionConfiguration(url: url), pool: PoolConfiguration(maximumConnections: 2),
    trees: trees)

/// What is allowed: it brings everything into memory that any request needs.
func ask() async throws {
    let graph = try await database.find("Sack", filter: ["include": ["relation": "grains", "scope": ["limit": 3]]])
    _ = try graph.json()
}

func refused() async throws -> String {
    do {
        switch place {
        case "raw":
            let limits = limit == "rows" ? ResultLimits(rows: 10_000) : ResultLimits(bytes: 1 << 20)
            try await database.pool.execute("SELECT * FROM grain", limits: limits)
        case "written":
            // A few hundred rows; as a text some gigabytes.
            var include: JSONValue = ["relation": "grains", "scope": ["limit": 10]]
            for _ in 1...7 {
                include = [
                    "relation": "grains",
                    "scope": ["limit": 10, "include": ["relation": "owner", "scope": ["include": include]]],
                ]
            }
            _ = try await database.find("Sack", filter: ["include": include]).json()
        case "include": _ = try await database.find("Sack", filter: ["include": "grains"])
        default: _ = try await database.find("Grain")
        }
        return "NOTHING"
    } catch let error as PlannerError {
        return error.code.rawValue
    } catch let error as PostgresError {
        return error.code.rawValue
    }
}

for _ in 0..<20 { try await ask() }
let before = kinship_floor_peak_bytes()
let code = try await refused()
let growth = kinship_floor_peak_bytes() - before
for _ in 0..<20 { try await ask() }
let status = database.pool.status
print(code, growth, status.leased, status.waiting, status.idle == status.size)
await database.close()

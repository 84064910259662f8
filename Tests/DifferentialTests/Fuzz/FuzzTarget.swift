// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Foundation
import Kinship
import Libpq
import RelationPlanner
import TestSupport

/// A database that takes random filters, and filters to start from.
struct FuzzTarget: Sendable {
    let database: Database
    let seeds: [(model: String, filter: JSONValue)]

    /// What there is to name.
    var words: [String] {
        Array(
            Set(
                database.schema.models.flatMap { model in
                    [model.name] + model.properties.map(\.name) + model.relations.map(\.name)
                        + model.definition.scopes.map(\.key)
                })
        ).sorted()
    }

    /// The values in the seeds' filters, at any depth.
    var pieces: [JSONValue] {
        var pieces: [JSONValue] = []
        var pending = seeds.map(\.filter)
        while let json = pending.popLast() {
            pieces.append(json)
            pending += json.elements ?? json.members?.map(\.value) ?? []
        }
        return pieces
    }

    /// The corpus of conformance cases on its data.
    static func corpus() async throws -> FuzzTarget {
        let folder = "Tests/Fixtures/conformance"
        let test = try await TestDatabase.named("fuzz_corpus", loading: ["\(folder)/small-data.sql"])
        let database = try await Database.open(
            schema: SchemaLoader.load(directory: Repository.path("\(folder)/models")),
            connection: ConnectionConfiguration(url: test.url), pool: PoolConfiguration(maximumConnections: 4),
            logger: quiet)
        var seeds: [(model: String, filter: JSONValue)] = []
        for file in ["read", "beyond"] {
            let text = try String(contentsOfFile: Repository.path("\(folder)/\(file).jsonl"), encoding: .utf8)
            for line in text.split(separator: "\n") {
                let json = try JSONValue(parsing: String(line), maximumDepth: 512)
                guard let model = json["model"]?.text else { continue }
                for key in ["filter", "where", "include"] {
                    guard let value = json[key] else { continue }
                    seeds.append((model, key == "filter" ? value : .object([.init(key, value)])))
                }
            }
        }
        return FuzzTarget(database: database, seeds: seeds)
    }

    /// Generated filters on the random world.
    static func world(_ world: World) -> FuzzTarget {
        FuzzTarget(
            database: world.database,
            seeds: (0..<2000).map { FilterGenerator.one(world, seed: Effort.seed &+ 7_000_000 &+ UInt64($0)) })
    }

    /// Every operator, order and cursor on columns of every type.
    static func kinds() async throws -> FuzzTarget {
        let database = try await KindsTable.open()
        var seeds: [(model: String, filter: JSONValue)] = []
        for (name, _, _) in KindsTable.columns {
            for word in TreeMutation.operators.prefix(26) {
                seeds.append(
                    ("Kinds", ["where": .object([.init(name, .object([.init(word, oddity(word, seeds.count))]))])]))
            }
            seeds.append(("Kinds", ["where": .object([.init(name, ["column": .string(name)])])]))
            for word in ["eq", "neq", "gt", "lte"] {
                seeds.append(
                    ("Kinds", ["where": .object([.init(name, .object([.init(word, ["column": .string(name)])]))])]))
            }
            seeds.append(("Kinds", ["order": .string(name), "limit": 2]))
            seeds.append(
                ("Kinds", ["order": .string(name + " DESC"), "before": .object([.init(name, "1"), .init("id", 1)])]))
            seeds.append(("Kinds", ["order": .string(name), "after": .object([.init(name, .null), .init("id", 1)])]))
            seeds.append(("Kinds", ["distinct": true, "fields": [.string(name)], "page": true]))
            for function in ["max", "min", "sum", "avg"] {
                seeds.append(("Kinds", ["order": .string("next.\(function)(\(name))")]))
                seeds.append(
                    (
                        "Kinds",
                        ["include": ["relation": "next", "aggregate": .object([.init(function, .string(name))])]]
                    ))
            }
        }
        return FuzzTarget(database: database, seeds: seeds)
    }

    private static func oddity(_ word: String, _ position: Int) -> JSONValue {
        switch word {
        case "inq", "nin": ["1", 1, .null]
        case "between": ["1", "2"]
        case "exists": true
        default: TreeMutation.oddities[position % TreeMutation.oddities.count]
        }
    }
}

extension FilterGenerator {
    static func one(_ world: World, seed: UInt64) -> (model: String, filter: JSONValue) {
        var generator = FilterGenerator(world, seed: seed)
        return generator.filter()
    }
}

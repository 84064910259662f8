// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Kinship
import RelationPlanner

/// Runs one kind of case: the result as JSON and how many statements it took.
typealias Operation = @Sendable (Case, Database) async throws -> (json: [UInt8], statements: Int)

/// What is run by the name a case gives.
let operations = recordOperations.merging(relationOperations) { _, last in last }

private let recordOperations: [String: Operation] = [
    "find": { example, database in
        let graph = try await database.find(example.model, filter: example["filter"])
        return (try graph.json(), graph.statistics.statements)
    },
    "findOne": { example, database in
        let graph = try await database.findOne(example.model, filter: example["filter"])
        return (try graph.firstJSON(), graph.statistics.statements)
    },
    "findById": { example, database in
        let graph = try await database.findById(
            example.model, id: example.required("idValue"), filter: example["filter"])
        return (try graph.firstJSON(), graph.statistics.statements)
    },
    "count": { example, database in
        let answer = try await database.count(example.model, where: example["where"])
        return (Array("\(answer.count)".utf8), answer.statistics.statements)
    },
    "exists": { example, database in
        let answer = try await database.exists(example.model, id: example.required("idValue"))
        return (Array("\(answer.count > 0)".utf8), answer.statistics.statements)
    },
    "findByIds": { example, database in
        let ids = try example.required("ids").elements ?? []
        let graph = try await database.findByIds(example.model, ids: ids, filter: example["filter"])
        return (try graph.json(), graph.statistics.statements)
    },
    "scope": { example, database in
        let graph = try await database.find(
            example.model, scopes: [.named(example.requiredText("scope"))], filter: example["filter"])
        return (try graph.json(), graph.statistics.statements)
    },
    "scopeChain": { example, database in
        let graph = try await database.find(
            example.model, scopes: example.requiredTexts("scopes").map { .named($0) }, filter: example["filter"])
        return (try graph.json(), graph.statistics.statements)
    },
    "scopeCount": { example, database in
        let answer = try await database.count(
            example.model, scopes: [.named(example.requiredText("scope"))], where: example["where"])
        return (Array("\(answer.count)".utf8), answer.statistics.statements)
    },
]

/// The corpus doesn't count the statement that fetches the records a relation starts from.
private let relationOperations: [String: Operation] = [
    "include": { example, database in
        let members = (example["filter"]?.members ?? []) + [.init("include", try example.required("include"))]
        let graph = try await database.find(example.model, filter: .object(members))
        return (try graph.json(), graph.statistics.statements - 1)
    },
    "related": { example, database in
        let records = try await database.related(
            example.model, id: example.required("idValue"), relation: example.requiredText("relation"),
            filter: example["filter"])
        return (try records.json(), records.statistics.statements - 1)
    },
    "relatedCount": { example, database in
        let answer = try await database.relatedCount(
            example.model, id: example.required("idValue"), relation: example.requiredText("relation"),
            where: example["where"])
        return (Array("\(answer.count)".utf8), answer.statistics.statements - 1)
    },
    "relatedFindById": { example, database in
        let records = try await database.relatedFindById(
            example.model, id: example.required("idValue"), relation: example.requiredText("relation"),
            key: example.required("fk"))
        return (try records.firstJSON(), records.statistics.statements - 1)
    },
    "relatedExists": { example, database in
        let answer = try await database.relatedExists(
            example.model, id: example.required("idValue"), relation: example.requiredText("relation"),
            key: example.required("fk"))
        return (Array("\(answer.count > 0)".utf8), answer.statistics.statements - 1)
    },
]

// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Foundation
import Kinship
import RelationPlanner
import TestSupport

/// The models that filters are read for: those of the conformance cases.
struct FuzzSchema: Sendable {
    let schema: Schema
    let scoped: ScopedSchema
    /// Filters of the conformance cases by model.
    let filters: [(model: String, filter: JSONValue)]

    init() throws {
        let folder = "Tests/Fixtures/conformance"
        schema = try SchemaLoader.load(directory: Repository.path("\(folder)/models"))
        scoped = try ScopedSchema(schema)
        var filters: [(model: String, filter: JSONValue)] = []
        for file in ["read", "beyond"] {
            let text = try String(contentsOfFile: Repository.path("\(folder)/\(file).jsonl"), encoding: .utf8)
            for line in text.split(separator: "\n") {
                let json = try JSONValue(parsing: String(line), maximumDepth: 512)
                guard let model = json["model"]?.text else { continue }
                for key in ["filter", "where", "include"] {
                    guard let value = json[key] else { continue }
                    filters.append((model, key == "filter" ? value : .object([.init(key, value)])))
                }
            }
        }
        self.filters = filters
    }

    /// Names and words of filters.
    var words: [String] {
        let names = schema.models.flatMap { [$0.name] + $0.properties.map(\.name) + $0.relations.map(\.name) }
        return Set(names).sorted() + Self.operators
    }

    private static let operators = [
        "eq", "neq", "gt", "gte", "lt", "lte", "between", "inq", "nin", "like", "nlike", "ilike", "regexp", "exists",
        "contains", "near", "not", "and", "or", "nor", "some", "every", "none", "count", "sum", "column", "where",
        "order", "limit",
        "skip", "fields", "include", "after", "before", "distinct", "page", "relation", "scope", "count", "aggregate",
        "null", "true", "1e400", "-1", "[]", "{}", " DESC",
    ]

    /// The model that the first line names, and the rest.
    func parts(_ bytes: [UInt8]) throws -> (model: Model, rest: [UInt8]) {
        let line = bytes.prefix { $0 != 0x0A }
        let name = String(decoding: line, as: UTF8.self)
        return (schema[try schema.id(of: name)], Array(bytes.dropFirst(line.count + 1)))
    }

    /// Resolves a checked filter and plans it in every way: that may not fail but for what isn't supported.
    func plan(_ filter: Filter, for model: Model) throws {
        let resolved = try scoped.resolved(filter, for: model.id)
        let (shape, values) = resolved.parameterized()
        let planner = Planner(schema: schema)
        for strategy in Strategy.allCases {
            let plan: Plan
            do {
                plan = try planner.plan(shape, for: model.id, strategy: strategy)
            } catch {
                guard error.code == .unsupported else { throw Finding("checked, but not planned: \(error)") }
                throw error
            }
            guard try plan == planner.plan(shape, for: model.id, strategy: strategy) else {
                throw Finding("planned in two ways")
            }
            for fetch in plan.fetches { try Self.check(fetch, values: values.count) }
        }
        _ = try planner.countPlan(shape.condition, for: model.id)
    }

    /// Plans a change, which may not fail.
    func plan(_ change: Change, for model: Model) throws {
        let plan: Plan
        do { plan = try Planner(schema: schema).plan(change, answering: Filter(), for: model.id) } catch {
            throw Finding("checked, but not planned: \(error)")
        }
        for fetch in plan.fetches { try Self.check(fetch, values: 0) }
    }

    /// Every parameter is there, and refers to a value that is.
    private static func check(_ fetch: Fetch, values: Int) throws {
        for case .value(let index, _) in fetch.slots where !(0..<values).contains(index) {
            throw Finding("value \(index) of \(values) in \(fetch.text)")
        }
        let highest = fetch.text.matches(of: #/\$([0-9]+)/#).compactMap { Int($0.output.1) }.max() ?? 0
        guard highest <= fetch.slots.count else {
            throw Finding("$\(highest) of \(fetch.slots.count) in \(fetch.text)")
        }
        guard !fetch.text.utf8.contains(0) else { throw Finding("a NUL in \(fetch.text.debugDescription)") }
    }
}

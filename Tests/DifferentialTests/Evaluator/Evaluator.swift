// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import RelationPlanner

/// The filter language in memory, by the words of Documentation/Filters.md and the K, D and B rules; it shares nothing
/// with the library but the JSON it reads.
struct Evaluator {
    let world: World

    /// True, false or NULL of a row.
    typealias Test = (Row) -> Bool?

    func table(_ model: String) throws(Refusal) -> (spec: TableSpec, rows: [Row]) {
        guard let table = world.tables[model] else { throw Refusal(.unknownModel) }
        return table
    }

    // MARK: Where

    /// The test that a `where` is.
    func condition(_ json: JSONValue, _ spec: TableSpec) throws(Refusal) -> Test {
        guard json != .null else { return { _ in true } }
        guard case .object(let members) = json else { throw Refusal(.invalidFilter) }
        var tests: [Test] = []
        for member in members { tests.append(try condition(member.key, member.value, spec)) }
        return all(tests)
    }

    func all(_ tests: [Test]) -> Test {
        if tests.count == 1 { return tests[0] }
        return { row in
            var result: Bool? = true
            for test in tests {
                guard let truth = test(row) else {
                    result = nil
                    continue
                }
                if !truth { return false }
            }
            return result
        }
    }

    func any(_ tests: [Test]) -> Test {
        { row in
            var result: Bool? = false
            for test in tests {
                guard let truth = test(row) else {
                    result = nil
                    continue
                }
                if truth { return true }
            }
            return result
        }
    }

    /// NULL-safe: true where the test is false or NULL (D4).
    func not(_ test: @escaping Test) -> Test { { row in !(test(row) ?? false) } }

    private func condition(_ key: String, _ value: JSONValue, _ spec: TableSpec) throws(Refusal) -> Test {
        switch key {
        case "and": return all(try branches(value, spec))
        case "or", "nor":
            let tests = try branches(value, spec)
            if tests.isEmpty { throw Refusal(.emptyOr) }
            return key == "or" ? any(tests) : not(any(tests))
        case "not":
            guard case .object = value else { throw Refusal(.invalidFilter) }
            return not(try condition(value, spec))
        default:
            if spec.position(of: key) == nil, let relation = spec.relations.first(where: { $0.name == key }) {
                return try related(value, relation, spec)
            }
            return try tests(of: Operand(key, spec), value, spec)
        }
    }

    private func branches(_ value: JSONValue, _ spec: TableSpec) throws(Refusal) -> [Test] {
        guard case .array(let elements) = value else { throw Refusal(.invalidFilter) }
        var tests: [Test] = []
        for element in elements {
            guard case .object = element else { throw Refusal(.invalidFilter) }
            tests.append(try condition(element, spec))
        }
        return tests
    }

    // MARK: Related rows (B1)

    private func related(
        _ value: JSONValue, _ relation: TableSpec.Relation, _ spec: TableSpec
    ) throws(Refusal) -> Test {
        guard case .object(let members) = value, !members.isEmpty else { throw Refusal(.invalidFilter) }
        let target = try table(relation.target).spec
        let rows = try targets(of: relation, from: spec)
        var tests: [Test] = []
        for member in members {
            let words = relation.isToMany ? ["some", "every", "none"] : ["is", "isNot"]
            guard words.contains(member.key) else { throw Refusal(.invalidFilter) }
            if member.value == .null, relation.isToMany { throw Refusal(.invalidFilter) }
            let test = try condition(member.value, target)
            switch (member.key, member.value) {
            case ("is", .null): tests.append { rows($0).isEmpty }
            case ("isNot", .null): tests.append { !rows($0).isEmpty }
            case ("some", _), ("is", _): tests.append { rows($0).contains { test($0) == true } }
            case ("every", _): tests.append { rows($0).allSatisfy { test($0) == true } }
            default: tests.append { !rows($0).contains { test($0) == true } }
            }
        }
        return all(tests)
    }

    /// The rows of a relation for each row: the relation's scope and the target's default scope restrict them; a target
    /// that is linked twice is there twice.
    func targets(of relation: TableSpec.Relation, from spec: TableSpec) throws(Refusal) -> (Row) -> [Row] {
        let target = try table(relation.target)
        let scope = all([
            try condition(relation.scope, target.spec), try condition(target.spec.defaultScope, target.spec),
        ])
        let rows = target.rows.filter { scope($0) == true }
        guard let here = spec.position(of: relation.here), let there = target.spec.position(of: relation.there) else {
            throw Refusal(.invalidDefinition)
        }
        var byKey: [String: [Row]] = [:]
        for row in rows { row.cells[there].text.map { byKey[$0, default: []].append(row) } }
        if let through = relation.link {
            guard let link = world.tables.values.first(where: { $0.spec.table == through.table }),
                let linkHere = link.spec.position(of: through.here),
                let linkThere = link.spec.position(of: through.there)
            else { throw Refusal(.invalidDefinition) }
            var linked: [String: [Row]] = [:]
            for row in link.rows {
                guard let source = row.cells[linkHere].text, let key = row.cells[linkThere].text else { continue }
                linked[source, default: []] += byKey[key] ?? []
            }
            byKey = linked
        }
        let found = byKey
        return { row in row.cells[here].text.flatMap { found[$0] } ?? [] }
    }
}

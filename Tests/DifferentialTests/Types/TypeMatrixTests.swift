// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Kinship
import Libpq
import RelationPlanner
import TestSupport
import Testing

/// Every type that the server has, with every operator, as an order, a cursor, a key: as SQL has it, or refused.
@Suite(.serialized) struct TypeMatrixTests {
    /// One thing asked both ways.
    private struct Ask {
        let what: String
        let column: TypeMatrix.Column
        /// The first that the server answers counts.
        let questions: [String]
        let answer: @Sendable (Database) async throws -> String
    }

    @Test func `Answers are the server's, or there is none`() async throws {
        let matrix = try await TypeMatrix.make("types_matrix")
        let asks = matrix.columns.flatMap(asks(about:))
        let questions = asks.flatMap(\.questions)
        let list = questions.map { "'\($0.replacing("'", with: "''"))'" }.joined(separator: ", ")
        var expected = try await matrix.test.run(
            "SET timezone = 'UTC'; SET DateStyle = 'ISO, MDY'; SET IntervalStyle = 'postgres'; SET extra_float_digits = 1; "
                + "SELECT ask(q) FROM unnest(ARRAY[\(list)]) WITH ORDINALITY AS u(q, n) ORDER BY n"
        ).map { $0[0] ?? "" }[...]
        for (position, ask) in asks.enumerated() {
            let answers = expected.prefix(ask.questions.count)
            expected = expected.dropFirst(ask.questions.count)
            let wanted = answers.first { !$0.hasPrefix("!") }
            let database = matrix.databases[position % matrix.databases.count]
            do {
                let found = try await ask.answer(database)
                #expect(found == wanted ?? answers.last, "\(ask.column): \(ask.what)")
            } catch let error as PlannerError where error.status == 400 || error.status == 501 {
                let isKnown = wanted == nil || Self.refused(ask.what, ask.column)
                #expect(isKnown, "\(ask.column): \(ask.what) is refused: \(error)")
            } catch {
                Issue.record("\(ask.column): \(ask.what): \(String(reflecting: error))")
            }
        }
        for database in matrix.databases { await database.close() }
    }

    /// What the server could do and Kinship refuses: orders of documents, which nobody asks for; rows told apart by what has no
    /// order; aggregates that not all versions of PostgreSQL have.
    private static func refused(_ what: String, _ column: TypeMatrix.Column) -> Bool {
        let name = column.type.name
        switch what {
        case "gt", "between", "min", "max":
            return ["jsonb", "boolean", "bytea", "uuid", "\"char\""].contains(name)
                || ["lseg", "path", "box", "circle", "line", "polygon", "xid", "cid"].contains(name)
        case "distinct", "like", "order", "after": return ["xid", "cid"].contains(name)
        default: return column.isArray && ["xid", "cid"].contains(name)
        }
    }

    // MARK: Questions

    private static let same: Set<String> = ["point", "box", "polygon", "circle"]

    private func asks(about column: TypeMatrix.Column) -> [Ask] {
        let value = "w.\(column.name)::\(column.base)"
        let isSame = Self.same.contains(column.type.name) && !column.isArray
        let isJSON = column.type.name == "json" && !column.isArray
        func equal(_ one: String, _ other: String) -> [String] {
            if isSame { return ["\(one) ~= \(other)"] }
            if isJSON { return ["\(one)::jsonb = \(other)::jsonb"] }
            return ["\(one) = \(other)"] + (column.isArray ? [] : ["\(one)::text = \(other)::text"])
        }
        func rows(_ condition: String) -> String {
            "SELECT string_agg(id::text, ',' ORDER BY id) FROM whole w WHERE \(condition)"
        }
        func find(_ what: String, _ conditions: [String], _ json: JSONValue) -> Ask {
            Ask(what: what, column: column, questions: conditions.map(rows)) { database in
                try await Self.ids(database, ["where": .object([.init(column.name, json)]), "order": "id"])
            }
        }
        let operation: (String) -> String = {
            column.type.name == "elsewhere.citext" && !column.isArray ? "OPERATOR(elsewhere.\($0))" : $0
        }
        let equals = (0..<3).map { number in
            equal(value, column.sql(number)).map { $0.replacing(" = ", with: " \(operation("=")) ") }
        }
        var asks = [
            find("eq", equals[1], ["eq": column.json(1)]),
            find("neq", equals[1].map { "NOT (\($0))" }, ["neq": column.json(1)]),
            find(
                "inq", zip(equals[0], equals[2]).map { "\($0) OR \($1)" }, ["inq": [column.json(0), column.json(2)]]),
            find("nin", equals[0].map { "NOT (\($0))" }, ["nin": [column.json(0)]]),
            find("gt", ["\(value) \(operation(">")) \(column.sql(0))"], ["gt": column.json(0)]),
            find(
                "between",
                ["\(value) \(operation(">=")) \(column.sql(0)) AND \(value) \(operation("<=")) \(column.sql(1))"],
                ["between": [column.json(0), column.json(1)]]),
            find("exists", ["\(value) IS NOT NULL"], ["exists": true]),
        ]
        if column.isArray {
            asks.append(find("contains", ["\(value) @> \(column.sql(1))"], ["contains": column.json(1)]))
            asks.append(find("containsAnyOf", ["\(value) && \(column.sql(1))"], ["containsAnyOf": column.json(1)]))
        } else if column.type.name.hasSuffix("range") {
            asks.append(find("contains", ["\(value) @> \(column.sql(1))"], ["contains": column.json(1)]))
            asks.append(find("containedBy", ["\(value) <@ \(column.sql(1))"], ["containedBy": column.json(1)]))
            asks.append(find("containsAnyOf", ["\(value) && \(column.sql(1))"], ["containsAnyOf": column.json(1)]))
        }
        return asks + orders(column) + keys(column, equal)
    }

    private func orders(_ column: TypeMatrix.Column) -> [Ask] {
        let name = column.name
        func list(_ order: String) -> String { "SELECT string_agg(id::text, ',' ORDER BY \(order)) FROM whole" }
        var asks = ["ASC", "DESC"].map { direction in
            Ask(what: "order", column: column, questions: [list("\(name) \(direction), id")]) { database in
                try await Self.ids(database, ["order": .string("\(name) \(direction)")])
            }
        }
        asks.append(
            Ask(what: "after", column: column, questions: [list("\(name), id")]) { database in
                // All rows, three at a time.
                var seen: [String] = []
                var filter: [JSONValue.Member] = [.init("order", .string(name)), .init("limit", 3)]
                while seen.count < 20 {
                    let page = try await Self.json(database.find("Whole", filter: .object(filter)))
                    guard let last = page.elements?.last else { break }
                    seen += page.elements?.compactMap { $0["id"].flatMap(Self.text) } ?? []
                    let place: [JSONValue.Member] = [
                        .init(name, last[name] ?? .null), .init("id", last["id"] ?? .null),
                    ]
                    filter = [.init("order", .string(name)), .init("limit", 3), .init("after", .object(place))]
                }
                return seen.joined(separator: ",")
            })
        let distinct = "SELECT count(*) FROM (SELECT DISTINCT \(name)::\(column.base) FROM whole) d"
        asks.append(
            Ask(what: "distinct", column: column, questions: [distinct]) { database in
                let found = try await database.find(
                    "Whole", filter: ["fields": [.string(name)], "distinct": true])
                return String(found.count)
            })
        let schema = column.type.name == "elsewhere.citext" && !column.isArray ? "elsewhere." : ""
        let value = "\(name)::\(column.base)"
        for function in ["min", "max"] {
            asks.append(
                Ask(
                    what: function, column: column,
                    questions: [
                        "SELECT min(id) FROM whole WHERE \(value) = (SELECT \(schema)\(function)(\(value)) FROM whole)"
                    ]
                ) { database in
                    let found = try await Self.json(
                        database.find(
                            "Root",
                            filter: [
                                "include": [
                                    "relation": "wholes", "aggregate": .object([.init(function, .string(name))]),
                                ]
                            ]))
                    let extreme = found.elements?.first?["wholes"]?[function]?[name]
                    let rows = try await Self.json(
                        database.find("Whole", filter: ["order": "id", "fields": ["id", .string(name)]]))
                    return rows.elements?.first { $0[name] == extreme }?["id"].flatMap(Self.text) ?? "none"
                })
        }
        return asks
    }

    private func keys(_ column: TypeMatrix.Column, _ equal: (String, String) -> [String]) -> [Ask] {
        let name = column.name
        // Keys without an `=` are matched by their texts.
        let isText = !column.isArray && (Self.same.contains(column.type.name) || column.type.name == "json")
        let operation = column.type.name == "elsewhere.citext" && !column.isArray ? "OPERATOR(elsewhere.=)" : "="
        let (one, other) = ("p.\(name)::\(column.base)", "w.\(name)::\(column.base)")
        let matches =
            (isText ? [] : ["\(one) \(operation) \(other)"]) + ["\(one)::text = \(other)::text"]
        return [
            Ask(
                what: "include", column: column,
                questions: matches.map {
                    "SELECT string_agg(id || ':' || coalesce((SELECT string_agg(p.id::text, ',' ORDER BY p.id) FROM part p WHERE \($0)), ''), ';' ORDER BY id) FROM whole w"
                }
            ) { database in
                try await Self.tree(
                    database, "Whole", "p_\(name)", ["relation": .string("p_\(name)"), "scope": ["fields": ["id"]]])
            },
            Ask(
                what: "include with a limit", column: column,
                questions: matches.map {
                    "SELECT string_agg(id || ':' || coalesce((SELECT max(p.id)::text FROM part p WHERE \($0)), ''), ';' ORDER BY id) FROM whole w"
                }
            ) { database in
                try await Self.tree(
                    database, "Whole", "p_\(name)",
                    ["relation": .string("p_\(name)"), "scope": ["fields": ["id"], "order": "id DESC", "limit": 1]])
            },
            Ask(
                what: "belongsTo", column: column,
                questions: matches.map {
                    "SELECT string_agg(id || ':' || coalesce((SELECT min(w.id)::text FROM whole w WHERE \($0)), ''), ';' ORDER BY id) FROM part p"
                }
            ) { database in
                try await Self.tree(
                    database, "Part", "w_\(name)", ["relation": .string("w_\(name)"), "scope": ["fields": ["id"]]])
            },
            Ask(
                what: "some", column: column,
                questions: matches.map {
                    "SELECT string_agg(id::text, ',' ORDER BY id) FROM whole w WHERE EXISTS (SELECT FROM part p WHERE \($0) AND p.id > 1)"
                }
            ) { database in
                try await Self.ids(
                    database,
                    ["where": .object([.init("p_\(name)", ["some": ["id": ["gt": 1]]])]), "order": "id"])
            },
        ]
    }

    // MARK: Answers

    private static func json(_ graph: Graph) throws -> JSONValue { try JSONValue(parsing: graph.json()) }

    private static func text(_ json: JSONValue) -> String? {
        if case .number(let digits) = json { digits } else { nil }
    }

    private static func ids(_ database: Database, _ filter: JSONValue) async throws -> String {
        guard case .object(var members) = filter else { return "" }
        members.append(.init("fields", ["id"]))
        let rows = try json(try await database.find("Whole", filter: .object(members)))
        return (rows.elements ?? []).compactMap { $0["id"].flatMap(text) }.joined(separator: ",")
    }

    private static func tree(
        _ database: Database, _ model: String, _ relation: String, _ include: JSONValue
    ) async throws -> String {
        let rows = try json(
            try await database.find(model, filter: ["fields": ["id"], "order": "id", "include": include]))
        return (rows.elements ?? []).map { row in
            let related = row[relation] ?? .null
            let ids = (related.elements ?? (related == .null ? [] : [related])).compactMap { $0["id"].flatMap(text) }
            return "\(row["id"].flatMap(text) ?? ""):\(ids.joined(separator: ","))"
        }.joined(separator: ";")
    }
}

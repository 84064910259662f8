// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Testing

@testable import RelationPlanner

/// Filters over embedded records, where records differ from rows of a table.
@Suite struct EmbeddedFilterTests {
    private static let definition = """
        {"name": "Part", "base": "Model", "hidden": ["secret"], "protected": ["cost"], "properties": {
         "id": "number", "price": "number", "count": {"type": "number", "postgresql": {"dataType": "integer"}},
         "name": "string", "at": "date", "on": "boolean", "secret": "string", "cost": "number",
         "meta": {"type": "object", "postgresql": {"dataType": "jsonb"}}, "plain": "object",
         "tags": {"type": ["string"], "postgresql": {"dataType": "text[]"}}, "place": "geopoint",
         "span": {"type": "string", "postgresql": {"dataType": "interval"}},
         "size": {"type": "string", "postgresql": {"dataType": "numeric"}}},
         "relations": {"owner": {"type": "belongsTo", "model": "Owner"}}}
        """
    private static let owner = """
        {"name": "Owner", "properties": {"id": {"type": "number", "id": true}, "name": "string"}}
        """

    private func schema() throws -> Schema {
        try Schema(
            definitions: [Self.definition, Self.owner].map { try ModelDefinition(json: Array($0.utf8), file: nil) })
    }

    private func filter(_ json: String, resolving: Bool = true) throws -> EmbeddedFilter {
        let schema = try schema()
        let model = try #require(schema.model("Part"))
        let checked = try schema.filter(JSONValue(parsing: json), for: model.id)
        let (shape, values) = (resolving ? try ScopedSchema(schema).resolved(checked, for: model.id) : checked)
            .parameterized()
        try EmbeddedFilter.check(shape, of: model)
        return try EmbeddedFilter(shape, of: model, values: values)
    }

    private func items(_ json: String) throws -> [JSONValue] { try #require(JSONValue(parsing: json).elements) }

    private func positions(_ condition: String, _ items: String) throws -> [Int] {
        try filter(#"{"where": \#(condition)}"#).select(self.items(items)).positions
    }

    private func error(_ json: String) throws -> PlannerError? {
        let schema = try schema()
        let scoped = try ScopedSchema(schema)
        let model = try #require(schema.model("Part"))
        do throws(PlannerError) {
            let checked = try scoped.resolved(try schema.filter(json, for: "Part"), for: model.id)
            _ = try EmbeddedFilter(checked, of: model)
            return nil
        } catch {
            return error
        }
    }

    @Test func `Values of another type do not match, and are there (D26)`() throws {
        let counts =
            #"[{"count": 5}, {"count": "5"}, {"count": 5.5}, {"count": null}, {}, {"count": [5]}, {"count": 5.0}]"#
        #expect(try positions(#"{"count": 5}"#, counts) == [0, 6])
        #expect(try positions(#"{"count": {"neq": 4}}"#, counts) == [0, 6])
        #expect(try positions(#"{"count": {"nin": [4]}}"#, counts) == [0, 6])
        #expect(try positions(#"{"count": {"nin": [4, null]}}"#, counts) == [0, 6])
        #expect(try positions(#"{"not": {"count": 5}}"#, counts) == [1, 2, 3, 4, 5])
        #expect(try positions(#"{"count": null}"#, counts) == [3, 4])
        #expect(try positions(#"{"count": {"inq": [null, 5]}}"#, counts) == [0, 3, 4, 6])
        #expect(try positions(#"{"count": {"exists": true}}"#, counts) == [0, 1, 2, 5, 6])
        #expect(try positions(#"{"count": {"like": "5%"}}"#, counts) == [0, 6])
        let names = #"[{"name": "5"}, {"name": 5}, {"name": true}, {"name": {}}]"#
        #expect(try positions(#"{"name": {"inq": ["5", "true"]}}"#, names) == [0])
        let flags = #"[{"on": true}, {"on": 1}, {"on": "true"}, {"on": false}]"#
        #expect(try positions(#"{"on": {"lte": true}}"#, flags) == [0, 3])
    }

    @Test func `A type that is only assumed is no promise`() throws {
        let items = #"[{"id": 1.5}, {"id": 2}, {"id": 10000000000000000000001}, {"id": 1e2}, {"id": -0.0}]"#
        #expect(try positions(#"{"id": {"gt": 1}}"#, items) == [0, 1, 2, 3])
        #expect(try positions(#"{"id": {"inq": [100, 0]}}"#, items) == [3, 4])
        #expect(try positions(#"{"id": 1.5}"#, items) == [0])
        #expect(try positions(#"{"id": {"nin": [2, 1.5]}}"#, items) == [2, 3, 4])
        let order = try filter(#"{"order": "id DESC"}"#)
        #expect(try order.select(self.items(items)).positions == [2, 3, 1, 0, 4])
        let plain = #"[{"plain": {"a": 1}}, {"plain": "text"}, {"plain": [1]}]"#
        #expect(try positions(#"{"plain": {"eq": {"a": 1}}}"#, plain) == [0])
        #expect(try positions(#"{"plain": {"like": "%e%"}}"#, plain) == [1])
    }

    @Test func `Dates are instants however they are written`() throws {
        let items = """
            [{"at": "2024-01-01T00:00:00Z"}, {"at": "2024-01-01T01:00:00+01:00"}, {"at": 1704067200000}, {"at": "2024-01-02"},
             {"at": "soon"}, {"at": true}]
            """
        #expect(try positions(#"{"at": "2024-01-01"}"#, items) == [0, 1, 2])
        #expect(try positions(#"{"at": {"gt": "2024-01-01"}}"#, items) == [3])
        #expect(try positions(#"{"at": {"like": "2024-01-01 00:00:00+00"}}"#, items) == [0, 1, 2])
    }

    @Test func `Numbers kept as text`() throws {
        let items = #"[{"size": "10.50"}, {"size": 10.5}, {"size": "9"}, {"size": "big"}, {"size": "NaN"}]"#
        #expect(try positions(#"{"size": 10.5}"#, items) == [0, 1])
        #expect(try positions(#"{"size": {"gt": "9.5"}}"#, items) == [0, 1])
        #expect(try positions(#"{"size": {"endsWith": "0"}}"#, items) == [0])
        #expect(try positions(#"{"size": {"lt": "Infinity"}}"#, items) == [0, 1, 2])
    }

    @Test func `Records that lack everything`() throws {
        #expect(
            try positions(#"{"tags": {"contains": []}}"#, #"[{}, {"tags": []}, {"tags": ["a", 1]}, {"tags": "a"}]"#)
                == [1])
        #expect(
            try positions(#"{"meta.a.0": 1}"#, #"[{}, {"meta": 5}, {"meta": {"a": [1]}}, {"meta": {"a": {"0": 1}}}]"#)
                == [2, 3])
        #expect(try positions("{}", "[{}, {}]") == [0, 1])
        #expect(
            try positions(
                #"{"place": {"near": "1,2", "maxDistance": 1}}"#,
                #"[{"place": {"lat": 1, "lng": 2}}, {"place": "x"}, {}]"#) == [0])
    }

    @Test func `Order, skip, limit`() throws {
        let items = try items(
            #"[{"name": "b", "count": 1}, {"name": "a"}, {"count": 2}, {"name": "b", "count": 0}, {"name": 5}, {"name": "B"}]"#
        )
        func run(_ json: String) throws -> [Int] { try filter(json).select(items).positions }
        #expect(try run(#"{"order": "name"}"#) == [5, 1, 0, 3, 2, 4])
        #expect(try run(#"{"order": "name DESC"}"#) == [2, 4, 0, 3, 1, 5])
        #expect(try run(#"{"order": "name DESC NULLS LAST, count"}"#) == [3, 0, 1, 5, 2, 4])
        #expect(try run(#"{"skip": 1, "limit": 2}"#) == [1, 2])
        #expect(try run(#"{"skip": 10}"#) == [])
        #expect(try run(#"{"order": "name", "skip": 1, "limit": 3}"#) == [1, 0, 3])
        #expect(try run(#"{"limit": 0}"#) == [0, 1, 2, 3, 4, 5])
        let selection = try filter(#"{"where": {"name": "b"}, "limit": 1}"#).select(items)
        #expect(selection.positions == [0] && selection.total == 2)
    }

    @Test func `Fields, hidden and unknown members (K5)`() throws {
        let item = try JSONValue(
            parsing: #"{"zeta": {"x": 1}, "name": "n", "secret": "s", "cost": 5, "id": 1, "price": 1.50}"#)
        func shown(_ json: String) throws -> String { try filter(json).shown(item).description }
        #expect(try shown("{}") == #"{"zeta":{"x":1},"name":"n","cost":5,"id":1,"price":1.50}"#)
        #expect(try shown(#"{"fields": ["id", "name", "secret"]}"#) == #"{"name":"n","id":1}"#)
        #expect(try shown(#"{"fields": {"price": false}}"#) == #"{"name":"n","cost":5,"id":1}"#)
        // Inside an include protected properties are left out, and the fields are then all the others.
        let schema = try schema()
        let model = try #require(schema.model("Part"))
        var nested = Filter()
        nested.fields = model.properties.filter { !$0.isHidden && !$0.isProtected }.map(\.id)
        #expect(
            try EmbeddedFilter(nested, of: model).shown(item).description
                == #"{"zeta":{"x":1},"name":"n","id":1,"price":1.50}"#)
        nested.fields = []
        #expect(try EmbeddedFilter(nested, of: model).shown(item) == [:])
    }

    @Test func `What needs a server is said before anything is sent`() throws {
        let unsupported: [(String, String?)] = [
            (#"{"where": {"name": {"match": "a"}}}"#, "name"),
            (#"{"where": {"or": [{"name": "a"}, {"not": {"name": {"match": "a"}}}]}}"#, "name"),
            (#"{"where": {"owner": {"is": {"name": "a"}}}}"#, nil),
            (#"{"order": "owner.name"}"#, nil),
            (#"{"where": {"span": {"like": "1%"}}}"#, "span"),
            (#"{"where": {"tags": {"regexp": "a"}}}"#, "tags"),
            (#"{"where": {"name": {"regexp": "(a)\\1"}}}"#, "name"),
            (#"{"fields": ["name"], "distinct": true}"#, nil),
        ]
        for (json, property) in unsupported {
            let error = try #require(try error(json), "\(json)")
            #expect(error.code == .unsupported && error.status == 501 && error.model == "Part", "\(json)")
            #expect(error.property == property)
        }
        let wrong = try error(#"{"where": {"name": {"regexp": "a{2,1}"}}}"#)
        #expect(wrong?.code == .invalidValue && wrong?.property == "name" && wrong?.operator == "regexp")
    }

    @Test func `Keys in JSON`() throws {
        func element(_ json: JSONValue, _ type: ColumnType) -> BoundValue.Contents? {
            StoredKey.value(ofElement: json, as: type)?.contents
        }
        #expect(element(5, .int4) == .integer(5))
        #expect(element("5", .int8) == .integer(5))
        #expect(element("-9223372036854775808", .int8) == .integer(.min))
        for json in ["5.0", "five", "", " 5", "+5", "9223372036854775808", nil, true, [5], ["a": 5], 5.5] as [JSONValue]
        {
            #expect(element(json, .int8) == nil, "\(json)")
        }
        #expect(element(70_000, .int2) == nil)
        #expect(element("1.50", .numeric) == .numeric("1.5"))
        #expect(element(true, .text) == .text("true"))
        #expect(element(.number("1e2"), .text) == .text("100"))
        #expect(element("a\u{0}", .text) == nil)
        #expect(
            element("11111111-1111-4111-8111-11111111111A", .uuid)
                == .uuid(0x1111_1111_1111_4111, 0x8111_1111_1111_111A))
        #expect(element("11111111111141118111111111111111", .uuid) == nil)
        #expect(element("2024-01-01", .date) == .date(8766))
        let item: JSONValue = ["a": "7", "b": nil, "c": "x"]
        #expect(StoredKey.value(of: "a", as: .int4, in: item) == BoundValue(.int4, .integer(7)))
        #expect(StoredKey.value(of: "b", as: .int4, in: item) == nil)
        #expect(StoredKey.value(of: "c", as: .int4, in: item) == nil)
        #expect(StoredKey.value(of: "d", as: .int4, in: item) == nil)
        #expect(StoredKey.value(of: "a", as: .int4, in: 5) == nil)
    }
}

extension EmbeddedFilter {
    /// What the filter chooses, whatever it costs.
    func select(_ items: [JSONValue]) throws -> Selection {
        var budget = StepBudget(nil)
        return try select(items, budget: &budget)
    }
}

// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Testing

@testable import RelationPlanner

@Suite struct FilterRuleTests {
    private func names(_ fields: [Property.ID]?, _ model: String) throws -> [String]? {
        let properties = try #require(try Conformance.schema.get().model(model)).properties
        return fields?.map { properties[$0].name }
    }

    private func fields(_ json: String, _ model: String = "Order") throws -> [String]? {
        try names(Conformance.filter(#"{"fields": \#(json)}"#, model).fields, model)
    }

    @Test func fieldsInAllForms() throws {
        #expect(try fields(#""id""#) == ["id"])
        #expect(try fields(#"["status", "id", "id"]"#) == ["id", "status"])
        #expect(try fields(#"{"id": true, "total": false, "status": true}"#) == ["id", "status"])
        #expect(
            try fields(#"{"description": false, "meta": false}"#) == [
                "id", "customerId", "total", "status", "createdAt",
            ])
        for json in ["[]", "{}", "null", #""""#] { #expect(try fields(json) == nil) }
        #expect(try fields(#"["id", "items"]"#) == ["id"])
        #expect(try Conformance.error(#"{"fields": {"nope": false}}"#, "Order")?.code == .unknownProperty)
    }

    @Test func k5HiddenFieldsAreLeftOut() throws {
        #expect(try fields(#"["id", "password"]"#, "Customer") == ["id"])
        #expect(try fields(#"["password"]"#, "Customer") == [])
        #expect(try fields(#"{"id": false}"#, "Customer")?.contains("password") == false)
    }

    @Test func limitsInAllForms() throws {
        func limit(_ json: String) throws -> Filter.RowLimit? {
            try Conformance.filter(#"{"limit": \#(json)}"#, "Order").limit
        }
        for json in ["0", "null", #""""#] { #expect(try limit(json) == .unlimited) }
        for json in ["5", "5.0", #""5""#, "5e0"] { #expect(try limit(json) == .rows(5)) }
        #expect(try Conformance.filter(#"{"offset": 3}"#, "Order").skip == .rows(3))
        #expect(try Conformance.filter(#"{"offset": 3, "skip": 2}"#, "Order").skip == .rows(2))
    }

    @Test func d17AndD36Orders() throws {
        func order(_ json: String) throws -> [OrderTerm] {
            try Conformance.filter(#"{"order": \#(json)}"#, "Customer").order
        }
        let name = Condition.Operand(try Conformance.property("name", "Customer"))
        let age = Condition.Operand(try Conformance.property("age", "Customer"))
        #expect(
            try order(#""  name   desc ,age asc nulls first ""#) == [
                OrderTerm(name, .descending), OrderTerm(age, nulls: .first),
            ])
        #expect(try order(#"["name DESC", "age", "name"]"#) == [OrderTerm(name, .descending), OrderTerm(age)])
        for json in [#""""#, "[]", "null", #"" ""#, "{}"] { #expect(try order(json).isEmpty) }
        for text in ["name; DROP", "name DESC NULLS", "name NULLS MIDDLE", "name DESC age"] {
            #expect(try Conformance.error(#"{"order": "\#(text)"}"#, "Customer")?.code == .invalidFilter)
        }
        #expect(try Conformance.error(#"{"order": "loc"}"#, "Sample")?.code == .invalidFilter)
    }

    @Test func b2OrdersByRelatedRows() throws {
        let schema = try Conformance.schema.get()
        let customer = try #require(schema.model("Customer"))
        let orders = try #require(customer.relation("orders"))
        let terms = try Conformance.filter(
            #"{"order": "orders.count DESC, orders.max(total), country.name, referrer.settings.theme"}"#, "Customer"
        ).order
        #expect(terms.map(\.related?.aggregate) == [.count, .max, nil, nil])
        #expect(terms[0].related?.path.map(\.relation) == [orders.id])
        #expect(terms[1].operand.property == (try Conformance.property("total", "Order")))
        #expect(terms[3].operand.path == ["theme"])
        let error = try Conformance.error(#"{"order": "orders.total"}"#, "Customer")
        #expect(error?.code == .invalidFilter)
        #expect(try Conformance.error(#"{"order": "orders.max(nope)"}"#, "Customer")?.code == .unknownProperty)
        #expect(try Conformance.error(#"{"order": "orders.sum(status)"}"#, "Customer")?.code == .invalidFilter)
        #expect(try Conformance.error(#"{"order": "imageable.name"}"#, "Picture")?.code == .unsupported)
    }

    @Test func b6Cursors() throws {
        let filter = try Conformance.resolved(
            #"{"order": "total DESC", "after": {"id": 53, "total": "100"}, "limit": 4}"#, "Order")
        let cursor = try #require(filter.cursor)
        #expect(cursor.side == .after)
        #expect(cursor.keys.map(\.value.contents) == [.numeric("100"), .integer(53)])
        #expect(cursor.keys[0].term.direction == .descending)
        let null = try Conformance.resolved(#"{"order": "status", "before": {"status": null, "id": 49}}"#, "Order")
        #expect(null.cursor?.keys[0].value.contents == .null)
        #expect(try Conformance.error(#"{"order": "total", "after": {"id": 1}}"#, "Order")?.path == "after")
        #expect(try Conformance.error(#"{"after": {"id": 1, "total": 1}}"#, "Order")?.code == .invalidFilter)
        #expect(try Conformance.error(#"{"after": {"id": "x"}}"#, "Order")?.code == .invalidValue)
    }

    @Test func b8DistinctAndPage() throws {
        #expect(
            try Conformance.filter(
                #"{"distinct": true, "fields": ["status"], "order": "status", "page": true}"#, "Order"
            ).distinct)
        #expect(
            try Conformance.error(#"{"distinct": true, "fields": ["status"], "order": "id"}"#, "Order")?.code
                == .invalidFilter)
        #expect(
            try Conformance.error(#"{"distinct": true, "fields": ["status"], "include": "items"}"#, "Order")?.code
                == .invalidFilter)
        #expect(
            try Conformance.error(#"{"include": {"relation": "items", "scope": {"page": true}}}"#, "Order")?.code
                == .invalidFilter)
    }

    @Test func threeWaysInGiveOneFilter() throws {
        let schema = try Conformance.schema.get()
        let order = try schema.id(of: "Order")
        let json = try schema.filter(
            #"{"where": {"and": [{"total": {"gt": 100}}, {"status": {"inq": ["open", "closed"]}}]}, "order": ["total DESC"], "limit": 5, "include": [{"relation": "items", "scope": {"limit": 3}}]}"#,
            for: "Order")
        let request = FilterRequest()
            .where(Field("total") > 100 && Field("status").isIn(["open", "closed"]))
            .order("total DESC").limit(5).include("items", FilterRequest().limit(3))
        #expect(try schema.filter(request, for: order) == json)
        let brackets =
            "filter[where][and][0][total][gt]=100&filter[where][and][1][status][inq][]=open&filter[where][and][1][status][inq][]=closed"
            + "&filter[order]=total%20DESC&filter[limit]=5&filter[include][0][relation]=items&filter[include][0][scope][limit]=3"
        #expect(try schema.filter(query: brackets, for: order) == json)
        let encoded = "a=1&filter=%7B%22limit%22%3A5%7D"
        #expect(try schema.filter(query: encoded, for: order).limit == .rows(5))
        #expect(
            try schema.where(query: "where[total][gt]=100", for: order)
                == schema.where(Field("total") > 100, for: order))
        #expect(try schema.where(Field("total") > Field("id") || !(Field("status") == nil), for: order) != .always)
    }

    @Test func queryStringsThatAreWrong() throws {
        let schema = try Conformance.schema.get()
        func code(_ query: String) -> PlannerError.Code? {
            do throws(PlannerError) {
                _ = try schema.filter(query: query, for: 4)
                return nil
            } catch {
                return error.code
            }
        }
        #expect(code("") == nil)
        #expect(code("filter=") == nil)
        #expect(code("filter=%") == .invalidFilter)
        #expect(code("filter=%FF") == .invalidFilter)
        #expect(code("filter={") == .invalidJSON)
        #expect(code("filter=5") == .invalidFilter)
        #expect(code("filter=a&filter=b") == .invalidFilter)
        #expect(code("filter[limit]=1&filter=2") == .invalidFilter)
        #expect(code("filter" + String(repeating: "[a]", count: 500) + "=1") == .filterTooDeep)
        #expect(
            try QueryString("a[]=1&a[]=2&b[0]=x&b[1]=y&c=1&c=2&c=3").parameters.map(\.value.description) == [
                #"["1","2"]"#, #"["x","y"]"#, #"["1","2","3"]"#,
            ])
    }

    @Test func shapesForgetValuesOnly() throws {
        func shape(_ json: String) throws -> (shape: Filter, values: [BoundValue]) {
            try Conformance.resolved(json, "Customer").parameterized()
        }
        let one = try shape(
            #"{"where": {"age": 1, "name": {"inq": ["a"]}}, "limit": 5, "include": {"relation": "orders", "scope": {"where": {"total": 3}, "limit": 2}}}"#
        )
        let other = try shape(
            #"{"where": {"age": 2, "name": {"inq": ["a", "b"]}}, "limit": 7, "include": {"relation": "orders", "scope": {"where": {"total": 4}, "limit": 1}}}"#
        )
        #expect(one.shape == other.shape)
        #expect(one.shape.hashValue == other.shape.hashValue)
        #expect(
            one.values.map(\.contents) == [.integer(1), .array([.text("a")]), .integer(5), .numeric("3"), .integer(2)])
        #expect(one.shape.limit == .slot(2))
        for json in [
            #"{"where": {"age": 1, "name": {"inq": ["a", null]}}, "limit": 5}"#, #"{"where": {"age": null}}"#,
            #"{"where": {"age": {"gt": 1}}}"#,
        ] {
            #expect(try shape(json).shape != one.shape)
        }
        // Canonically equivalent paths are different places.
        #expect(
            try shape(#"{"where": {"settings.é": 1}}"#).shape != shape("{\"where\": {\"settings.e\u{301}\": 1}}").shape)
        #expect(try shape(#"{"skip": 0, "limit": 0}"#).shape == shape("{}").shape)
    }
}

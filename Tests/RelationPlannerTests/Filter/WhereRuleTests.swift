// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Testing

@testable import RelationPlanner

/// Each test is named after the rule of the semantics it shows.
@Suite struct WhereRuleTests {
    private func condition(_ json: String, _ model: String = "Customer") throws -> Condition {
        try Conformance.filter(#"{"where": \#(json)}"#, model).condition
    }

    private func code(_ json: String, _ model: String = "Customer") throws -> PlannerError.Code? {
        try Conformance.error(#"{"where": \#(json)}"#, model)?.code
    }

    private func operand(_ name: String, _ model: String = "Customer") throws -> Condition.Operand {
        Condition.Operand(try Conformance.property(name, model))
    }

    @Test func d1UnknownPropertiesAreErrors() throws {
        let error = try #require(try Conformance.error(#"{"where": {"and": [{"nmae": 1}]}}"#, "Customer"))
        #expect(error.code == .unknownProperty)
        #expect(error.model == "Customer")
        #expect(error.property == "nmae")
        #expect(error.path == "where.and[0].nmae")
        #expect(error.message.contains("Is \"name\" meant?"))
        #expect(try code(#"{"orders.total": 1}"#) == .unknownProperty)
    }

    @Test func d3SeveralOperatorsAreAnded() throws {
        let age = try operand("age")
        #expect(
            try condition(#"{"age": {"gt": 20, "lt": 30}}"#)
                == .all([
                    .comparison(age, .greater, BoundValue(.int4, .integer(20))),
                    .comparison(age, .less, BoundValue(.int4, .integer(30))),
                ]))
    }

    @Test func d4NorAndNot() throws {
        let age = try operand("age")
        let one = Condition.comparison(age, .equal, BoundValue(.int4, .integer(1)))
        #expect(try condition(#"{"nor": [{"age": 1}]}"#) == .not(one))
        #expect(
            try condition(#"{"nor": [{"age": 1}, {"age": null}]}"#) == .not(.any([one, .isNull(age, negated: false)])))
        #expect(try condition(#"{"not": {"not": {"age": 1}}}"#) == .not(.not(one)))
        #expect(try condition(#"{"age": {"not": {"eq": 1}}}"#) == .not(one))
        #expect(try code(#"{"not": [{"age": 1}]}"#) == .invalidFilter)
    }

    @Test func d5EmptyBranches() throws {
        #expect(try condition(#"{"and": []}"#) == .always)
        #expect(
            try condition(#"{"or": [{}, {"age": 1}]}"#)
                == .any([.always, .comparison(try operand("age"), .equal, BoundValue(.int4, .integer(1)))]))
        for json in [#"{"or": []}"#, #"{"nor": []}"#, #"{"and": [{"not": {"or": []}}]}"#] {
            #expect(try code(json) == .emptyOr)
        }
    }

    @Test func d6ListsWithNulls() throws {
        let age = try operand("age")
        let list = BoundValue(ColumnType.int4.array, .array([.integer(20)]))
        #expect(
            try condition(#"{"age": {"inq": [null, 20]}}"#)
                == .member(age, values: list, matchesNull: true, negated: false))
        #expect(
            try condition(#"{"age": {"nin": [20]}}"#) == .member(age, values: list, matchesNull: false, negated: true))
        #expect(try condition(#"{"age": {"inq": [null]}}"#) == .isNull(age, negated: false))
        #expect(try condition(#"{"age": {"nin": [null]}}"#) == .isNull(age, negated: true))
        #expect(try condition(#"{"age": {"inq": []}}"#) == .never)
        #expect(try condition(#"{"age": {"nin": []}}"#) == .always)
        #expect(
            try condition(#"{"age": {"inq": {"0": 20}}}"#)
                == .member(age, values: list, matchesNull: false, negated: false))
    }

    @Test(arguments: [
        (#"{"age": 1.5}"#, "age", "eq", "where.age"), (#"{"age": {"gt": 1.5}}"#, "age", "gt", "where.age.gt"),
        (#"{"age": {"inq": [1, "x"]}}"#, "age", "inq", "where.age.inq"),
        (#"{"age": {"between": [1]}}"#, "age", "between", "where.age.between"),
        (#"{"createdAt": {"lt": "soon"}}"#, "createdAt", "lt", "where.createdAt.lt"),
        (#"{"vip": 2}"#, "vip", "eq", "where.vip"),
        (#"{"name": {"regexp": "[a"}}"#, "name", "regexp", "where.name.regexp"),
        (#"{"name": {"regexp": "/a/x"}}"#, "name", "regexp", "where.name.regexp"),
        (#"{"name": {"like": "a\\"}}"#, "name", "like", "where.name.like"),
        (#"{"name": {"inq": 5}}"#, "name", "inq", "where.name.inq"),
        (#"{"age": {"exists": "maybe"}}"#, "age", "exists", "where.age.exists"),
        (#"{"name": {"match": "a b"}}"#, "name", "match", "where.name.match"),
        (#"{"age": {"near": "1,2"}}"#, "age", "near", "where.age.near"),
        (#"{"age": {"gt": {"column": "name"}}}"#, "age", "gt", "where.age.gt"),
        (#"{"name": "a\u0000b"}"#, "name", "eq", "where.name"), (#"{"age": [1, 2]}"#, "age", "eq", "where.age"),
    ])
    func d7WrongValues(json: String, property: String, word: String, path: String) throws {
        let error = try #require(try Conformance.error(#"{"where": \#(json)}"#, "Customer"))
        #expect(error.code == .invalidValue)
        #expect(error.status == 400)
        #expect(error.model == "Customer")
        #expect(error.property == property)
        #expect(error.operator == word)
        #expect(error.path == path)
    }

    @Test func d26PathsFollowTheOperandsType() throws {
        let level = Condition.Operand(try Conformance.property("settings", "Customer"), path: ["level"])
        #expect(
            try condition(#"{"settings.level": 1.50}"#)
                == .comparison(level, .equal, BoundValue(.numeric, .numeric("1.5"))))
        #expect(try condition(#"{"settings.level": "1"}"#) == .comparison(level, .equal, BoundValue(.text, .text("1"))))
        #expect(
            try condition(#"{"settings.level": true}"#) == .comparison(level, .equal, BoundValue(.bool, .bool(true))))
        #expect(
            try condition(#"{"settings.level": {"eq": {"a": 1}}}"#)
                == .comparison(level, .equal, BoundValue(.jsonb, .json(#"{"a":1}"#))))
        #expect(
            try condition(#"{"settings.level": {"inq": [0, "high", 2, null]}}"#)
                == .any([
                    .member(
                        level, values: BoundValue(ColumnType.numeric.array, .array([.numeric("0"), .numeric("2")])),
                        matchesNull: true, negated: false),
                    .member(
                        level, values: BoundValue(ColumnType.text.array, .array([.text("high")])), matchesNull: false,
                        negated: false),
                ]))
        #expect(try code(#"{"name.first": 1}"#) == .invalidFilter)
        #expect(try code(#"{"settings..a": 1}"#) == .invalidFilter)
        #expect(try code(#"{"settings.level": {"between": [1, "2"]}}"#) == .invalidValue)
    }

    @Test func d28HiddenPropertiesAreProhibited() throws {
        #expect(try code(#"{"password": "x"}"#) == .prohibitedProperty)
        #expect(try code(#"{"name": {"eq": {"column": "password"}}}"#) == .prohibitedProperty)
        #expect(try code(#"{"customer": {"is": {"password": "x"}}}"#, "Order") == .prohibitedProperty)
        #expect(try Conformance.error(#"{"order": "password"}"#, "Customer")?.code == .prohibitedProperty)
        #expect(try Conformance.error(#"{"order": "customer.password"}"#, "Order")?.code == .prohibitedProperty)
        #expect(try Conformance.error(#"{"after": {"password": "x"}}"#, "Customer")?.code == .prohibitedProperty)
    }

    @Test func d37ExtendedOperators() throws {
        let arr = try operand("arr", "Sample")
        let list = BoundValue(ColumnType(named: "varchar[]"), .array([.text("a")]))
        #expect(try condition(#"{"arr": {"contains": "a"}}"#, "Sample") == .containment(arr, .contains, list))
        #expect(try condition(#"{"arr": {"containsAnyOf": ["a"]}}"#, "Sample") == .containment(arr, .overlaps, list))
        #expect(try condition(#"{"arr": ["a"]}"#, "Sample") == .comparison(arr, .equal, list))
        let name = try operand("name")
        #expect(
            try condition(#"{"name": {"contains": "50%_\\"}}"#)
                == .pattern(name, .like, BoundValue(.text, .text(#"%50\%\_\\%"#))))
        #expect(
            try condition(#"{"name": {"startsWith": "a"}}"#) == .pattern(name, .like, BoundValue(.text, .text("a%"))))
        #expect(try condition(#"{"name": {"endsWith": "a"}}"#) == .pattern(name, .like, BoundValue(.text, .text("%a"))))
        #expect(
            try condition(#"{"name": {"match": "fat & (rat | !cat:*)"}}"#)
                == .match(name, .init(BoundValue(.text, .text("fat & (rat | !cat:*)")))))
        #expect(
            try condition(#"{"name": {"match": {"query": "fat rat", "syntax": "web", "language": "english"}}}"#)
                == .match(name, .init(BoundValue(.text, .text("fat rat")), syntax: .web, language: "english")))
        #expect(try code(#"{"name": {"match": {"query": "a", "language": "english'; --"}}}"#) == .invalidValue)
        #expect(
            try condition(#"{"age": {"gt": {"column": "balance"}}}"#)
                == .columns(try operand("age"), .greater, try operand("balance")))
        #expect(
            try condition(#"{"name": {"regexp": "/^a/i"}}"#)
                == .regularExpression(name, BoundValue(.text, .text("^a")), ignoringCase: true))
    }

    @Test func nearInEveryUnit() throws {
        let loc = try operand("loc", "Sample")
        let filter = try Conformance.resolved(
            #"{"where": {"loc": {"near": "20,10", "maxDistance": 2, "unit": "kilometers"}}}"#, "Sample")
        let center = BoundValue(.point, .point(10, 20))
        #expect(
            filter.condition
                == .near(loc, .init(center, maximum: BoundValue(.float8, .double(2 / 6370.99056 * 6_370_990.56)))))
        #expect(filter.order.first?.distance == center)
        #expect(try code(#"{"loc": {"near": "20,10", "unit": "parsecs"}}"#, "Sample") == .invalidValue)
        #expect(try code(#"{"loc": {"maxDistance": 2}}"#, "Sample") == .invalidFilter)
        #expect(try code(#"{"loc": {"gt": "1,2"}}"#, "Sample") == .invalidFilter)
    }

    @Test func nullsCompareWithNothing() throws {
        #expect(try condition(#"{"age": {"gt": null}}"#) == .never)
        #expect(try condition(#"{"age": {"between": [null, 3]}}"#) == .never)
        #expect(try condition(#"{"age": {"neq": null}}"#) == .isNull(try operand("age"), negated: true))
        #expect(try condition(#"{"age": {"exists": false}}"#) == .isNull(try operand("age"), negated: false))
    }

    @Test func b1RelatedRows() throws {
        let schema = try Conformance.schema.get()
        let customer = try #require(schema.model("Customer"))
        let orders = try #require(customer.relation("orders"))
        #expect(try condition(#"{"orders": {"some": {}}}"#) == .related(.init(orders.id, .some, .always)))
        let order = try #require(schema.model("Order"))
        let relation = try #require(order.relation("customer"))
        #expect(try condition(#"{"customer": {"is": null}}"#, "Order") == .related(.init(relation.id, .none, .always)))
        #expect(
            try condition(#"{"customer": {"isNot": null}}"#, "Order") == .related(.init(relation.id, .some, .always)))
        #expect(try condition(#"{"customer": {"isNot": {}}}"#, "Order") == .related(.init(relation.id, .none, .always)))
        for json in [
            #"{"orders": {"is": {}}}"#, #"{"orders": {}}"#, #"{"orders": 1}"#, #"{"orders": {"some": null}}"#,
            #"{"orders": {"some": 1}}"#,
        ] {
            #expect(try code(json) == .invalidFilter)
        }
        #expect(try code(#"{"imageable": {"is": {}}}"#, "Picture") == .unsupported)
    }

    @Test func b1ScopesRestrictRelatedRows() throws {
        let schema = try Conformance.schema.get()
        let task = try #require(schema.model("Task"))
        guard
            case .related(let related) = try Conformance.resolved(
                #"{"where": {"tasks": {"some": {}}}}"#, "Project", unscoped: true
            ).condition
        else {
            Issue.record("no condition on related rows")
            return
        }
        #expect(try related.scope == Conformance.scoped.get().scopes(of: task.id).byDefault?.condition)
    }

    @Test func d34OtherMistakes() throws {
        for (json, path) in [
            (#"{"limit": -1}"#, "limit"), (#"{"limit": 1.5}"#, "limit"), (#"{"skip": "x"}"#, "skip"),
            (#"{"where": []}"#, "where"),
            (#"{"order": 5}"#, "order"), (#"{"order": ["name UP"]}"#, "order"), (#"{"nope": 1}"#, "nope"),
            (#"{"fields": 5}"#, "fields"),
            (#"{"fields": [5]}"#, "fields[0]"),
            (#"{"include": [{"relation": "orders", "scope": {"limit": "x"}}]}"#, "include[0].scope.limit"),
            (#"{"where": {"name": {}}}"#, "where.name"),
            (#"{"include": {"relation": "orders", "scope": 5}}"#, "include.scope"),
            (#"{"page": "maybe"}"#, "page"), (#"{"distinct": true}"#, nil),
            (#"{"after": {"id": 1}, "before": {"id": 1}}"#, "before"),
        ] as [(String, String?)] {
            let error = try #require(try Conformance.error(json, "Customer"), "\(json)")
            #expect(error.code == .invalidFilter)
            #expect(error.path == path)
        }
        #expect(try Conformance.error("5", "Customer")?.code == .invalidFilter)
        #expect(try Conformance.error("{", "Customer")?.code == .invalidJSON)
    }

    @Test func limitsOnSize() throws {
        let deep = String(repeating: #"{"and":["#, count: 33) + "{}" + String(repeating: "]}", count: 33)
        #expect(try code(deep) == .filterTooDeep)
        #expect(
            try code(String(repeating: #"{"not":"#, count: 500) + "{}" + String(repeating: "}", count: 500))
                == .filterTooDeep)
        let includes = String(repeating: #"{"parent":"#, count: 40) + "true" + String(repeating: "}", count: 40)
        #expect(try Conformance.error(#"{"include": \#(includes)}"#, "Category")?.code == .filterTooDeep)
        let wide = "[" + Array(repeating: #"{"age":1}"#, count: 1_001).joined(separator: ",") + "]"
        #expect(try code(#"{"and": \#(wide)}"#) == .filterTooLarge)
        let long = "[" + Array(repeating: "1", count: 10_001).joined(separator: ",") + "]"
        #expect(try code(#"{"age": {"inq": \#(long)}}"#) == .filterTooLarge)
        #expect(try code(#"{"name": "\#(String(repeating: "x", count: 1 << 20))"}"#) == .filterTooLarge)
    }
}

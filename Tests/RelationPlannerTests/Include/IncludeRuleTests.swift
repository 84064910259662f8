// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Testing

@testable import RelationPlanner

@Suite struct IncludeRuleTests {
    private func tree(_ includes: [Include], _ model: Model, _ schema: Schema) -> String {
        includes.map { include in
            let relation = model.relations[include.relation]
            let below = relation.target.map { tree(include.scope.include, schema[$0], schema) } ?? ""
            return below.isEmpty ? relation.name : "\(relation.name)(\(below))"
        }.joined(separator: ",")
    }

    private func tree(_ json: String, _ model: String = "Customer") throws -> String {
        let schema = try Conformance.schema.get()
        return tree(
            try Conformance.filter(#"{"include": \#(json)}"#, model).include, try #require(schema.model(model)), schema)
    }

    private func code(_ json: String, _ model: String = "Customer") throws -> PlannerError.Code? {
        try Conformance.error(#"{"include": \#(json)}"#, model)?.code
    }

    @Test(arguments: [
        (#""orders""#, "orders"), (#"["orders", "profile"]"#, "orders,profile"),
        (#"{"orders": "items"}"#, "orders(items)"),
        (#"{"orders": ["items", {"customer": "profile"}]}"#, "orders(items,customer(profile))"),
        (#"{"orders": true}"#, "orders"),
        (#"{"relation": "orders", "scope": {"include": "items"}}"#, "orders(items)"), (#"{"rel": "orders"}"#, "orders"),
        (#"[{"relation": "orders"}, "profile", {"country": true}]"#, "orders,profile,country"),
        (#"{"orders": {"relation": "items", "scope": {"limit": 1}}}"#, "orders(items)"),
        (#"{"orders": null}"#, "orders"),
        (#"{"0": "orders", "1": "profile"}"#, "orders,profile"), (#"{"orders": "true"}"#, "orders"),
        (#"{"orders": false}"#, ""),
    ])
    func everyFormIsRead(json: String, expected: String) throws {
        #expect(try tree(json) == expected)
    }

    @Test func d8SeveralKeysAreAllLoaded() throws {
        #expect(
            try tree(#"{"profile": true, "country": true, "orders": {"items": "product"}}"#)
                == "profile,country,orders(items(product))")
    }

    @Test func d9TheSameRelationTwiceIsOneInclude() throws {
        let filter = try Conformance.filter(
            #"{"include": [{"relation": "orders", "scope": {"where": {"status": "open"}, "limit": 1, "fields": ["id"], "include": "items"}}, {"relation": "orders", "scope": {"where": {"total": 1}, "limit": 3, "order": "id DESC", "include": ["items", "shipment"]}}]}"#,
            "Customer")
        #expect(filter.include.count == 1)
        let scope = try #require(filter.include.first).scope
        #expect(scope.limit == .rows(3))
        #expect(scope.fields?.count == 1)
        #expect(scope.order.count == 1)
        #expect(scope.include.count == 2)
        guard case .all(let conditions) = scope.condition else {
            Issue.record("the conditions aren't AND-ed")
            return
        }
        #expect(conditions.count == 2)
    }

    @Test func d10LimitsOnToOneRelations() throws {
        for key in ["limit", "skip", "offset"] {
            let error = try #require(
                try Conformance.error(#"{"include": [{"relation": "profile", "scope": {"\#(key)": 1}}]}"#, "Customer"))
            #expect(error.code == .limitOnToOne)
            #expect(error.path == "include[0].scope.\(key)")
        }
        #expect(try code(#"{"relation": "profile", "scope": {"limit": 0}}"#) == nil)
        #expect(try code(#"{"relation": "profile", "scope": {"after": {"id": 1}}}"#) == .limitOnToOne)
        #expect(try code(#"{"relation": "imageable", "scope": {"limit": 1}}"#, "Picture") == .limitOnToOne)
    }

    @Test func d29DisabledIncludesAreErrors() throws {
        #expect(try code(#""secretOrders""#) == .includeDisabled)
    }

    @Test func d33JunkIsAnError() throws {
        for json in [
            "5", "true", #"{"orders": 5}"#, #"[["orders"]]"#, #"[true]"#, #"{"relation": 5}"#,
            #"{"relation": "orders", "limit": 5}"#,
        ] {
            #expect(try code(json) == .invalidInclude, "\(json)")
        }
        for json in [#""""#, "[]", "null", "{}"] { #expect(try code(json) == nil, "\(json)") }
        #expect(try code(#""nope""#) == .unknownRelation)
        #expect(try code(#"{"orders": "nope"}"#) == .unknownRelation)
    }

    @Test func b3CountsAndAggregates() throws {
        let include = try #require(
            try Conformance.filter(
                #"{"include": {"relation": "orders", "count": true, "aggregate": {"sum": "total", "min": ["total", "createdAt"]}}}"#,
                "Customer"
            ).include.first)
        let total = try Conformance.property("total", "Order")
        let created = try Conformance.property("createdAt", "Order")
        #expect(
            include.summary
                == .init(count: true, aggregates: [.init(.sum, total), .init(.min, total), .init(.min, created)]))
        #expect(try code(#"{"relation": "profile", "count": true}"#) == .invalidInclude)
        #expect(try code(#"{"relation": "orders", "aggregate": {"median": "total"}}"#) == .invalidInclude)
        #expect(try code(#"{"relation": "orders", "aggregate": {"sum": "nope"}}"#) == .unknownProperty)
        #expect(try code(#"{"relation": "referrals", "aggregate": {"max": "password"}}"#) == .prohibitedProperty)
        // Asked for rows in one entry and for a number in another: both.
        let both = try Conformance.filter(
            #"{"include": ["orders", {"relation": "orders", "count": true}]}"#, "Customer")
        #expect(both.include.first?.summary?.rows == true)
    }

    @Test func b4LinkColumns() throws {
        let link = try #require(
            try Conformance.filter(
                #"{"include": {"relation": "patients", "through": {"fields": ["reason", "date"], "as": "appt", "where": {"reason": {"neq": null}}, "order": "date DESC"}}}"#,
                "Physician"
            ).include.first?.link)
        #expect(link.name == "appt")
        #expect(link.fields.count == 2)
        #expect(link.order.count == 1)
        #expect(link.condition != .always)
        #expect(try code(#"{"relation": "orders", "through": {}}"#) == .invalidInclude)
        #expect(try code(#"{"relation": "patients", "through": {"as": "name"}}"#, "Physician") == .invalidInclude)
    }

    @Test func b5AndD18ScopesOfTypes() throws {
        let schema = try Conformance.schema.get()
        let product = try schema.id(of: "Product")
        let tag = try schema.id(of: "Tag")
        let include = try #require(
            try Conformance.filter(
                #"{"include": {"relation": "imageable", "scope": {"where": {"name": "x"}, "fields": ["id", "name"], "include": "country"}, "scopes": {"Product": {"where": {"discontinued": false}, "fields": ["id"]}}}}"#,
                "Picture"
            ).include.first)
        #expect(include.scope == Filter())
        guard case .all(let conditions) = include.scope(for: product).condition else {
            Issue.record("the conditions aren't AND-ed")
            return
        }
        #expect(conditions.count == 2)
        #expect(include.scope(for: product).fields == [try Conformance.property("id", "Product")])
        // A type without the property has no matching rows; one without the relation has no include.
        #expect(include.scope(for: tag).condition == .never)
        #expect(include.scope(for: try schema.id(of: "Customer")).include.count == 1)
        #expect(include.scope(for: product).include.isEmpty)
        #expect(try code(#"{"relation": "imageable", "scope": {"where": {"nope": 1}}}"#, "Picture") == .unknownProperty)
        #expect(try code(#"{"imageable": "nope"}"#, "Picture") == .unknownRelation)
        #expect(try code(#"{"imageable": {"orders": "nope"}}"#, "Picture") == .unknownRelation)
        #expect(try code(#"{"relation": "imageable", "scopes": {"Nope": {}}}"#, "Picture") == .invalidInclude)
        #expect(try code(#"{"relation": "orders", "scopes": {"Product": {}}}"#) == .invalidInclude)
    }

    @Test func protectedPropertiesAreShownAtTheRootOnly() throws {
        let owner = ModelDefinition(
            "Owner", properties: [.id(), .string("name"), .string("phone")], relations: [.hasMany("pets", "Pet")],
            protected: ["phone"])
        let pet = ModelDefinition("Pet", properties: [.id()], relations: [.belongsTo("owner", "Owner")])
        let schema = try Schema(definitions: [owner, pet])
        #expect(try schema.filter(#"{"where": {"phone": "1"}, "fields": ["phone"]}"#, for: "Owner").fields == [2])
        let nested = try schema.filter(
            #"{"include": {"relation": "owner", "scope": {"fields": ["name", "phone"]}}}"#, for: "Pet")
        #expect(nested.include.first?.scope.fields == [1])
        let all = try ScopedSchema(schema).resolved(try schema.filter(#"{"include": "owner"}"#, for: "Pet"), for: 1)
        #expect(all.include.first?.scope.fields == [0, 1])
        // Nor do the fields of a default scope show them where the model is included.
        var scoped = owner
        scoped.scope = ["fields": ["id", "phone"]]
        let other = try Schema(definitions: [scoped, pet])
        let included = try ScopedSchema(other).resolved(try other.filter(#"{"include": "owner"}"#, for: "Pet"), for: 1)
        #expect(included.include.first?.scope.fields == [0])
        #expect(try ScopedSchema(other).resolved(Filter(), for: 0).fields == [0, 2])
        #expect(throws: PlannerError.self) {
            try schema.filter(#"{"include": {"relation": "owner", "scope": {"where": {"phone": "1"}}}}"#, for: "Pet")
        }
    }
}

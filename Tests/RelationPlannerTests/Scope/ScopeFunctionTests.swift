// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import RelationPlanner
import Synchronization
import Testing

/// Scopes that are functions: when they are called, how what they give is checked, and what is refused.
@Suite struct ScopeFunctionTests {
    private func order() -> ModelDefinition {
        ModelDefinition(
            "Order", properties: [.id("id"), .string("status"), .number("total"), .number("customerId")],
            relations: [.belongsTo("customer", "Customer")], scopes: ["open": ["where": ["status": "open"]]])
    }

    private func customer() -> ModelDefinition {
        ModelDefinition(
            "Customer", properties: [.id("id"), .string("name"), .string("tenant")],
            relations: [.hasMany("orders", "Order")], hidden: ["tenant"])
    }

    private func error<R>(_ body: () throws -> R) -> PlannerError? {
        do {
            _ = try body()
            return nil
        } catch { return error as? PlannerError }
    }

    // MARK: Values

    @Test func aFunctionEqualsItsCopiesOnly() {
        let one = ScopeFunction<[String: JSONValue]> { _ in nil }
        let other = ScopeFunction<[String: JSONValue]> { _ in nil }
        #expect(one == one)
        #expect(one != other)
        #expect(Set([one, one, other]).count == 2)
        var first = order()
        first.scopeFunctions["x"] = one
        var second = first
        #expect(first == second && first.hashValue == second.hashValue)
        second.scopeFunctions["x"] = other
        #expect(first != second)
    }

    @Test func definitionsInheritAndReplaceThem() throws {
        var base = order()
        base.scopeFunction = ScopeFunction { ["where": ["status": "base"]] }
        base.addScope("since") { _ in ["limit": 1] }
        base.addScope("kept") { _ in ["limit": 2] }
        var sub = ModelDefinition("Special", base: "Order", scopes: ["since": ["limit": 3]])
        sub.addScope("open") { _ in ["limit": 4] }
        let own = ModelDefinition("Other", base: "Order", scope: ["limit": 5])
        let schema = try ScopedSchema(definitions: [base, sub, own, customer()])
        let special = try #require(schema.schema.model("Special"))
        let limits = try ["since", "kept", "open"].map {
            try schema.scoped(Filter(), by: .named($0), of: special.id).limit
        }
        #expect(limits == [.rows(3), .rows(2), .rows(4)])
        #expect(try schema.scopes(of: special.id).named.count == 3)
        #expect(try schema.defaultScope(of: special.id)?.condition != nil)
        let other = try #require(schema.schema.model("Other"))
        #expect(try schema.defaultScope(of: other.id)?.limit == .rows(5))
    }

    @Test func aScopeInBothFormsIsRefused() throws {
        var definition = order()
        definition.scope = ["limit": 1]
        definition.scopeFunction = ScopeFunction { nil }
        definition.addScope("open") { _ in nil }
        definition.relations[0].scope = ["where": ["id": 1]]
        definition.relations[0].scopeFunction = ScopeFunction { _ in nil }
        let definitions = [definition, customer()]
        let problems = #expect(throws: SchemaError.self) { try Schema(definitions: definitions) }?.problems
        #expect(problems?.map(\.path) == ["scope", "scopes.open", "relations.customer.scope"])
        #expect(problems?.allSatisfy { $0.code == .invalidDefinition && $0.model == "Order" } == true)
    }

    // MARK: Named scopes

    @Test func parametersReachTheFunction() throws {
        var definition = order()
        definition.addScope("over") { parameters in
            ["where": ["total": ["gt": parameters["total"] ?? 0]], "order": "total DESC"]
        }
        let schema = try ScopedSchema(definitions: [definition, customer()])
        let order = try schema.schema.id(of: "Order")
        let over = try schema.scoped(Filter(), by: .named("over", ["total": 5]), of: order)
        let expected = try schema.schema.filter(
            #"{"where": {"total": {"gt": 5}}, "order": "total DESC"}"#, for: "Order")
        #expect(over == expected)
        // Chaining makes a new value each time (D31), from left to right.
        let both = try schema.scoped(over, by: "open", of: order)
        #expect(
            both == expected.merging(scope: try schema.schema.filter(#"{"where": {"status": "open"}}"#, for: "Order")))
        #expect(try schema.scoped(Filter(), by: .named("over", ["total": 5]), of: order) == over)
        #expect(try schema.scoped(Filter(), by: "over", of: order) != over)
    }

    @Test func aWrongFilterNamesTheScope() throws {
        var definition = order()
        definition.addScope("typo") { _ in ["where": ["totl": 1]] }
        definition.addScope("value") { parameters in ["where": ["total": parameters["total"] ?? "x"]] }
        definition.addScope("page") { _ in ["page": true] }
        definition.addScope("text") { _ in "open" }
        definition.addScope("none") { _ in nil }
        definition.file = "order.json"
        let schema = try ScopedSchema(definitions: [definition, customer()])
        let order = try schema.schema.id(of: "Order")
        func error(_ name: String) -> PlannerError? {
            self.error { try schema.scoped(Filter(), by: .named(name), of: order) }
        }
        let typo = error("typo")
        #expect(typo?.code == .invalidScope)
        #expect(typo?.code.rawValue == "INVALID_SCOPE")
        #expect(typo?.status == 500)
        #expect(typo?.path == "scopes.typo.where.totl")
        #expect(typo?.model == "Order" && typo?.property == "totl" && typo?.file == "order.json")
        #expect(typo?.message.contains("UNKNOWN_PROPERTY") == true)
        #expect(error("value")?.path == "scopes.value.where.total")
        #expect(error("page")?.code == .invalidScope)
        #expect(error("text")?.path == "scopes.text")
        #expect(error("none") == nil)
        #expect(try schema.scoped(Filter(), by: "none", of: order) == Filter())
    }

    @Test func aFunctionCanRefuseAndPlainScopesTakeNoParameters() throws {
        var definition = order()
        definition.addScope("since") { (parameters) throws(PlannerError) in
            guard let from = parameters["from"] else {
                throw PlannerError(.invalidValue, "Give \"from\".", path: "from", model: "Order")
            }
            return ["where": ["status": from]]
        }
        let schema = try ScopedSchema(definitions: [definition, customer()])
        let order = try schema.schema.id(of: "Order")
        let refused = error { try schema.scoped(Filter(), by: "since", of: order) }
        #expect(refused == PlannerError(.invalidValue, "Give \"from\".", path: "from", model: "Order"))
        let plain = error { try schema.scoped(Filter(), by: .named("open", ["a": 1]), of: order) }
        #expect(plain?.code == .invalidFilter && plain?.path == "scopes.open")
        let unknown = error { try schema.scoped(Filter(), by: "sinse", of: order) }
        #expect(unknown?.code == .unknownScope)
        #expect(unknown?.message.contains("since") == true)
    }

    // MARK: Default scopes

    @Test func aDefaultScopeIsCalledOnceForARequestAndOnlyWhenItIsNeeded() throws {
        let calls = Mutex(0)
        var customer = customer()
        // Hidden properties are what such scopes are about.
        customer.scopeFunction = ScopeFunction {
            let call = calls.withLock { calls in
                calls += 1
                return calls
            }
            return ["where": ["tenant": .string("t\(call)")]]
        }
        let schema = try ScopedSchema(definitions: [order(), customer])
        #expect(schema.schema.hasScopeFunctions)
        let order = try schema.schema.id(of: "Order")
        let id = try schema.schema.id(of: "Customer")
        _ = try schema.resolved(try schema.schema.filter(#"{"where": {"status": "x"}}"#, for: "Order"), for: order)
        _ = try schema.resolved(Filter(), for: id, unscoped: true)
        #expect(calls.withLock { $0 } == 0)
        let filter = try schema.schema.filter(
            #"{"include": {"customer": {"orders": "customer"}}, "where": {"customer": {"is": {}}}, "order": "customer.name"}"#,
            for: "Order")
        let resolved = try schema.resolved(filter, for: order)
        #expect(calls.withLock { $0 } == 1)
        let include = try #require(resolved.include.first)
        #expect(include.scope.condition != .always)
        #expect(include.scope.include.first?.scope.include.first?.scope.condition == include.scope.condition)
        let next = try schema.resolved(filter, for: order)
        #expect(next != resolved)
        #expect(next.parameterized().shape == resolved.parameterized().shape)
    }

    @Test func aWrongDefaultScopeFailsTheRequest() throws {
        var customer = customer()
        customer.scopeFunction = ScopeFunction { ["where": ["nope": 1]] }
        let schema = try ScopedSchema(definitions: [order(), customer])
        let id = try schema.schema.id(of: "Customer")
        let failure = error { try schema.resolved(Filter(), for: id) }
        #expect(failure?.code == .invalidScope)
        #expect(failure?.path == "scope.where.nope")
        #expect(failure?.model == "Customer")
        #expect(error { try schema.resolved(Condition.always, for: id) }?.code == .invalidScope)
        #expect(try schema.resolved(Condition.always, for: id, unscoped: true) == .always)
        let included = error {
            try schema.resolved(
                try schema.schema.filter(#"{"include": "customer"}"#, for: "Order"), for: schema.schema.id(of: "Order"))
        }
        #expect(included?.path == "scope.where.nope")
    }

    /// Definitions are proven to end when they are loaded; a function can only be looked at when it is called.
    @Test(arguments: [true, false])
    func defaultScopesThatComeBackToThemselvesAreRefused(isInclude: Bool) throws {
        var customer = customer()
        customer.scopeFunction = ScopeFunction {
            isInclude ? ["include": "orders"] : ["where": ["orders": ["some": [:]]]]
        }
        var order = order()
        order.scope = isInclude ? ["include": "customer"] : ["where": ["customer": ["is": [:]]]]
        let schema = try ScopedSchema(definitions: [order, customer])
        for model in ["Order", "Customer"] {
            let id = try schema.schema.id(of: model)
            let failure = error { try schema.resolved(Filter(), for: id) }
            #expect(failure?.code == .invalidScope)
            #expect(failure?.path == (isInclude ? "scope.include" : "scope.where"))
        }
        // A function that leads to itself.
        customer.relations.append(.hasMany("friends", "Customer", foreignKey: "friendOf"))
        customer.scopeFunction = ScopeFunction { ["include": "friends"] }
        let alone = try ScopedSchema(definitions: [customer, self.order()])
        #expect(error { try alone.resolved(Filter(), for: alone.schema.id(of: "Customer")) }?.code == .invalidScope)
    }

    // MARK: Relation scopes

    private func parent(_ schema: ScopedSchema, _ values: [String: JSONValue]) throws -> ParentRecord {
        let model = try #require(schema.schema.model("Customer"))
        return ParentRecord(of: model) { values[model.properties[$0].name] ?? .null }
    }

    @Test func aRelationScopeIsReckonedForEachRecord() throws {
        var customer = customer()
        customer.relations = [
            RelationDefinition.hasMany("orders", "Order").scoped { parent in
                ["where": ["status": parent["tenant"]], "limit": 2]
            }
        ]
        let schema = try ScopedSchema(definitions: [order(), customer])
        let relation = try #require(schema.schema.model("Customer")?.relation("orders"))
        #expect(try relation.hasScopeFunction && schema.scopes(of: relation).targets == nil)
        let one = try schema.scopes(of: relation, for: parent(schema, ["tenant": "a"]))
        let same = try schema.scopes(of: relation, for: parent(schema, ["tenant": "a", "id": 7]))
        let other = try schema.scopes(of: relation, for: parent(schema, ["tenant": "b"]))
        #expect(one.targets == (try schema.schema.filter(#"{"where": {"status": "a"}, "limit": 2}"#, for: "Order")))
        #expect(one == same)
        #expect(one.targets != other.targets)
    }

    @Test func mistakesOfARelationScopeNameTheRelation() throws {
        func failure(_ body: @escaping @Sendable (ParentRecord) throws(PlannerError) -> JSONValue) throws
            -> PlannerError?
        {
            var customer = customer()
            customer.relations = [RelationDefinition.hasMany("orders", "Order").scoped(by: body)]
            let schema = try ScopedSchema(definitions: [order(), customer])
            let relation = try #require(schema.schema.model("Customer")?.relation("orders"))
            return error { try schema.scopes(of: relation, for: parent(schema, [:])) }
        }
        let property = try failure { parent in ["where": ["status": parent["tennant"]]] }
        #expect(property?.code == .invalidScope)
        #expect(property?.path == "relations.orders.scope")
        #expect(property?.relation == "orders" && property?.property == "tennant")
        // What is hidden is not suggested either.
        #expect(property?.message.contains("\"tenant\"") == false)
        let visible = try failure { parent in ["where": ["status": parent["nmae"]]] }
        #expect(visible?.message.contains("\"name\"") == true)
        let filter = try failure { _ in ["where": ["nope": 1]] }
        #expect(filter?.code == .invalidScope && filter?.relation == "orders")
        #expect(filter?.path == "relations.orders.scope.where.nope")
        let refusal = try failure { (_) throws(PlannerError) in throw PlannerError(.prohibitedProperty, "No.") }
        #expect(refusal == PlannerError(.prohibitedProperty, "No."))
        let limit = try failure { _ in ["limit": -1] }
        #expect(limit?.path == "relations.orders.scope.limit")
    }

    /// Leaving the function out would show rows it is there to keep away.
    @Test(arguments: [#"{"where": {"orders": {"some": {}}}}"#, #"{"order": "orders.count"}"#])
    func whereThereIsNoRecordARelationScopeIsRefused(filter: String) throws {
        var customer = customer()
        customer.relations = [RelationDefinition.hasMany("orders", "Order").scoped { _ in ["where": ["total": 1]] }]
        let schema = try ScopedSchema(definitions: [order(), customer])
        let checked = try schema.schema.filter(filter, for: "Customer")
        let failure = error { try schema.resolved(checked, for: schema.schema.id(of: "Customer")) }
        #expect(failure?.code == .unsupported)
        #expect(failure?.relation == "orders")
    }
}

// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import RelationPlanner
import Testing

/// What programs give of one schema to another: it is refused where there is no such thing, and nothing traps.
@Suite struct ForeignIDTests {
    /// Has fewer models than the schema of the corpus, which have fewer properties.
    private let small: ScopedSchema
    private let planner: Planner
    private let advisor: IndexAdvisor
    /// Of the corpus, which the small schema lacks.
    private let foreign: Model
    /// Of the small schema.
    private let note: Model

    init() throws {
        small = try ScopedSchema(definitions: [
            ModelDefinition("Note", properties: [.id()]), ModelDefinition("Tag", properties: [.id()]),
        ])
        planner = Planner(schema: small.schema)
        advisor = IndexAdvisor(schema: small.schema, catalog: Catalog())
        foreign = try #require(try Conformance.schema.get().models.last)
        note = try #require(small.schema.model("Note"))
    }

    private func code<R>(_ body: () throws -> R) -> PlannerError.Code? {
        do {
            _ = try body()
            return nil
        } catch {
            return (error as? PlannerError)?.code
        }
    }

    @Test func `A model of another schema is unknown to whatever takes one`() throws {
        let (id, schema) = (foreign.id, small.schema)
        let questions: [(String, () throws -> Any?)] = [
            ("model", { try schema.model(id) }),
            ("filter", { try schema.filter(JSONValue.null, for: id) }),
            ("filter of bytes", { try schema.filter(json: [], for: id) }),
            ("filter in Swift", { try schema.filter(FilterRequest().limit(1), for: id) }),
            ("filter of a query", { try schema.filter(query: "filter[limit]=1", for: id) }),
            ("condition", { try schema.where(["id": 1], for: id) }),
            ("condition in Swift", { try schema.where(Field("id") == 1, for: id) }),
            ("condition of a query", { try schema.where(query: "where[id]=1", for: id) }),
            ("include", { try schema.include("tags", for: id) }),
            ("accessor", { try schema.accessor("tags", filter: nil, of: id) }),
            ("value", { try schema.value(1, of: note.primaryKey[0], in: id) }),
            ("scopes", { try small.scopes(of: id) }),
            ("default scope", { try small.defaultScope(of: id) }),
            ("named scope", { try small.scoped(Filter(), by: "open", of: id) }),
            ("resolved", { try small.resolved(Filter(), for: id) }),
            ("resolved condition", { try small.resolved(Condition.always, for: id) }),
            ("plan", { try planner.plan(Filter(), for: id) }),
            ("advice", { try advisor.advice(for: Filter(), of: id) }),
            ("advice for the root", { try advisor.advice(forRoot: Filter(), of: id) }),
        ]
        for (name, question) in questions { #expect(code(question) == .unknownModel, "\(name)") }
    }

    @Test func `A property of another model has no values`() throws {
        let last = try #require(foreign.properties.last)
        #expect(last.id > note.properties[0].id)
        #expect(code { try small.schema.value(1, of: last.id, in: note.id) } == .unknownProperty)
        #expect(code { try small.schema.value(.null, of: last.id, in: note.id) } == .unknownProperty)
    }

    @Test func `A relation of another schema has no scopes`() throws {
        let models = try Conformance.schema.get().models
        for relation in models.flatMap(\.relations) {
            let record = ParentRecord(of: note) { _ in .null }
            // By its place it can be one of a model that is there, which has no such relation.
            let expected: PlannerError.Code =
                models[relation.source].id > small.schema.models[1].id ? .unknownModel : .unknownRelation
            #expect(code { try small.scopes(of: relation) } == expected)
            #expect(code { try small.scopes(of: relation, for: record) } == expected)
            #expect(code { try small.scoped(Filter(), by: relation) } == expected)
        }
    }

    @Test func `A relation of the same place and another name is another relation`() throws {
        func schema(_ relation: String) throws -> ScopedSchema {
            try ScopedSchema(definitions: [
                ModelDefinition("Note", properties: [.id()], relations: [.belongsTo(relation, "Note")])
            ])
        }
        let (one, other) = (try schema("above"), try schema("below"))
        let above = try #require(one.schema.model("Note")?.relation("above"))
        #expect(try one.scopes(of: above).targets == nil)
        #expect(code { try other.scopes(of: above) } == .unknownRelation)
    }

    @Test func `A plan is explained in the schema it was made for`() throws {
        let schema = try ShopSchema.make()
        let plan = try ShopSchema.plan("Customer", #"{"include": ["orders", "reviews"]}"#)
        #expect(try plan.explained(in: schema).text().contains("orders"))
        #expect(code { try plan.explained(in: small.schema) } == .unknownModel)
        let narrow = try Schema(
            definitions: (1...9).map { ModelDefinition("M\($0)", properties: [.id()]) })
        #expect(code { try plan.explained(in: narrow) } == .unknownProperty)
    }

    @Test func `Fetches and nodes of another plan are none of this one's`() throws {
        let (large, small) = (
            try ShopSchema.plan("Customer", #"{"include": ["orders", "reviews"]}"#), try ShopSchema.plan("Item", "{}")
        )
        for fetch in large.fetches { #expect(large.fetch(fetch.id) == fetch) }
        for node in large.nodes { #expect(large.node(node.id) == node) }
        #expect(try small.fetch(#require(large.fetches.last).id) == nil)
        #expect(try small.node(#require(large.nodes.last).id) == nil)
    }

    /// Filters of all kinds, each with every model it wasn't checked for: it is refused as what it is, or happens to name what is
    /// there.
    @Test func `A filter that was checked for another model is refused`() throws {
        let corpus = try Conformance.scoped.get()
        let shop = try ScopedSchema(try ShopSchema.make())
        var refused = 0
        for file in ["read.jsonl", "beyond.jsonl"] {
            for (number, json) in try Conformance.cases(file).enumerated() where number.isMultiple(of: 3) {
                guard let asked = json["filter"], let name = json["model"]?.text,
                    let own = corpus.schema.model(name),
                    let filter = try? corpus.schema.filter(asked, for: own.id),
                    let resolved = try? corpus.resolved(filter, for: own.id)
                else { continue }
                for scoped in [corpus, shop] {
                    for model in scoped.schema.models where scoped.schema.models.count < 10 || model.name != name {
                        for filter in [filter, resolved] { refused += refusals(filter, scoped, model) }
                    }
                }
            }
        }
        #expect(refused > 1_000)
    }

    /// How many of those who take a filter refuse one; none may give another reason than that it doesn't fit, where it doesn't.
    private func refusals(_ filter: Filter, _ scoped: ScopedSchema, _ model: Model) -> Int {
        let planner = Planner(schema: scoped.schema)
        let advisor = IndexAdvisor(schema: scoped.schema, catalog: Catalog())
        let codes = [
            code { try scoped.resolved(filter, for: model.id) },
            code { try planner.plan(filter.parameterized().shape, for: model.id, strategy: .oneTrip) },
            code { try advisor.advice(for: filter, of: model.id) },
        ]
        let misfits = codes.count { $0 == .invalidFilter }
        // The advisor refuses nothing else, so it says whether the filter fits.
        if codes[2] == .invalidFilter { #expect(misfits == 3) }
        return misfits
    }
}

// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Foundation
import Kinship
import TestSupport
import Testing

private struct Visit: TypedModel {
    var id: Int
    var isDone: Bool
    var at: Date
    var card: JSONValue?
    static let definition = TypedDefinition<Visit>("Visit") {
        $0.id("id", \.id)
        $0.property("isDone", \.isDone)
        $0.property("at", \.at)
        $0.property("card", \.card) { $0.kind = .model("Card") }
        $0.scope { $0.where { $0.isDone == false } }
        $0.scopeFunction("since") { parameters, visits throws(PlannerError) in
            let from: Date = try parameters.value("from")
            let most: Int? = try parameters.value("most")
            return most.map { visits.limit($0) }?.where { $0.at >= from } ?? visits.where { $0.at >= from }
        }
    }
    init(row: inout RecordReader) throws {
        id = try row("id")
        isDone = try row("isDone")
        at = try row("at")
        card = try row("card")
    }
}

private struct Card: TypedModel {
    var id: Int
    var name: String
    static let definition = TypedDefinition<Card>("Card", base: "Model") {
        $0.id("id", \.id)
        $0.property("name", \.name)
        $0.hidden("pin", Int.self)
    }
    init(row: inout RecordReader) throws {
        id = try row("id")
        name = try row("name")
    }
}

/// Scopes of models that are structs, and what they keep back.
@Suite struct TypedScopeTests {
    private static let opened = Task {
        let test = try await TestDatabase.named("typed_scopes")
        _ = try await test.run(
            """
            CREATE TABLE visit (id bigint PRIMARY KEY, isdone boolean, at timestamptz, card jsonb);
            INSERT INTO visit SELECT n, n % 2 = 0, '2026-01-01Z'::timestamptz + n * interval '1 day',
                jsonb_build_object('id', n, 'name', 'n' || n, 'pin', 1234) FROM generate_series(1, 10) n;
            """)
        return try await Database.open(
            schema: try Schema(definitions: [Visit.definition.modelDefinition, Card.definition.modelDefinition]),
            connection: ConnectionConfiguration(url: test.url))
    }

    private var visits: TypedQuery<Visit> { get async throws { try await Self.opened.value.query(Visit.self) } }

    @Test func `A default scope holds, unless it is left out`() async throws {
        #expect(try await visits.all().map(\.id) == [1, 3, 5, 7, 9])
        #expect(try await Self.opened.value.unscoped.query(Visit.self).count() == 10)
    }

    @Test func `A named scope is a function of typed parameters`() async throws {
        let since: [String: JSONValue] = ["from": "2026-01-06T00:00:00.000Z"]
        #expect(try await visits.scope("since", since).all().map(\.id) == [5, 7, 9])
        let two = try await visits.scope("since", since.merging(["most": 2]) { one, _ in one }).all()
        #expect(two.map(\.id) == [5, 7])
        for parameters in [[:], ["from": "yesterday"], ["from": 5]] as [[String: JSONValue]] {
            let error = await #expect(throws: PlannerError.self) {
                try await visits.scope("since", parameters).all()
            }
            #expect(error?.code == .invalidValue && error?.path == "from")
        }
    }

    @Test func `A query with named scopes has no plan that would leave them out`() async throws {
        let query = try await visits.scope("since", ["from": "2026-01-06"])
        #expect(throws: PlannerError.self) { try query.plan }
        await #expect(throws: PlannerError.self) { try await query.explain() }
    }

    @Test func `Hidden members of a document are kept back, whatever the type`() async throws {
        let visit = try #require(try await visits.first())
        #expect(visit.card?["name"] == "n1" && visit.card?["pin"] == nil)
        struct Raw: TypedModel {
            var id: Int
            var card: Document<[String: JSONValue]>
            static let definition = TypedDefinition<Raw>("Visit", isPartial: true) {
                $0.id("id", \.id)
                $0.property("card", \.card)
            }
            init(row: inout RecordReader) throws {
                id = try row("id")
                card = try row("card")
            }
        }
        let raw = try await Self.opened.value.query(Raw.self).first()
        #expect(raw?.card.content["name"] == "n1" && raw?.card.content["pin"] == nil)
        // An object is no text: it would be written back as one, in quotes.
        struct Text: TypedModel {
            var id: Int
            var card: String
            static let definition = TypedDefinition<Text>("Visit", isPartial: true) {
                $0.id("id", \.id)
                $0.property("card", \.card)
            }
            init(row: inout RecordReader) throws {
                id = try row("id")
                card = try row("card")
            }
        }
        let texts = try await Self.opened.value.query(Text.self)
        let error = await #expect(throws: ModelError.self) { try await texts.first() }
        #expect(error?.code == .unreadableValue && error?.message.contains("1234") == false)
    }
}

// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Testing

@testable import RelationPlanner

/// What is hidden is named in no error, unless whoever asked wrote it (K5, D28), and nothing that is written reaches a terminal
/// or a log as it came.
@Suite struct UnnamedSecretTests {
    private static let secrets = ["qvault", "qcipher", "qlodge", "qowner", "qkind"]
    private static let definitions = [
        """
        {"name": "Account", "hidden": ["qvault", "qlodge", "qkind"], "protected": ["qcipher"],
         "scope": {"order": "qvault DESC"},
         "properties": {"id": {"type": "number", "id": true}, "name": "string", "qvault": "string", "qcipher": "string",
            "placesList": {"type": ["Spot"], "postgresql": {"dataType": "jsonb"}}, "meta": {"type": "object", "postgresql": {"dataType": "jsonb"}},
            "qkind": "string", "subjectId": "number"},
         "relations": {"places": {"type": "embedsMany", "model": "Spot", "property": "placesList"},
            "qlodge": {"type": "hasMany", "model": "Account", "foreignKey": "subjectId"},
            "peers": {"type": "hasMany", "model": "Account", "foreignKey": "subjectId"},
            "boss": {"type": "belongsTo", "model": "Account", "foreignKey": "subjectId"},
            "friends": {"type": "hasMany", "model": "Account", "through": "Tie", "foreignKey": "fromId", "keyThrough": "toId"},
            "subject": {"type": "belongsTo", "polymorphic": {"foreignKey": "subjectId", "discriminator": "qkind"}}}}
        """,
        """
        {"name": "Spot", "base": "Model", "hidden": ["qowner"], "properties": {"id": "number", "door": "string", "qowner": "string"}}
        """,
        """
        {"name": "Tie", "hidden": ["qowner"], "properties": {"id": {"type": "number", "id": true}, "fromId": "number", "toId": "number", "qowner": "string"}}
        """,
    ]

    /// Words that are near to the secrets, names of all kinds, and what they are written into.
    private static let names = [
        "qvaul", "qvaultt", "vault", "qciphe", "qlodg", "qlodges", "qowne", "owner", "qkin", "kind", "nam", "place",
        "places.x", "boss.qvaul",
        "boss.qciphe", "peers.max(qvaul)", "peers.max(qciphe)", "peers.nope", "placesList.0.qowne",
        "placesList. 0.door", "placesList.x",
        "subject.x", "friends.qowne", "peers", "boss", "subject", "friends", "places", "placesList", "meta.a.b", "id",
        "",
        "\u{1B}[31mred", "a\nb", "\u{202E}txt", "\u{85}", "\u{2028}", String(repeating: "n", count: 100_000),
    ]

    private static var filters: [JSONValue] {
        names.flatMap { name -> [JSONValue] in
            func keyed(_ value: JSONValue) -> JSONValue { .object([.init(name, value)]) }
            let text = JSONValue.string(name)
            let inner: [JSONValue] = [
                ["where": keyed(1)], ["where": keyed(["like": text])], ["where": keyed(["nope": 1])],
                ["where": keyed(["some": keyed(1)])],
                ["where": keyed(["is": keyed(1)])], ["where": keyed(["match": ["query": "a", "language": text]])],
                ["where": ["name": keyed(1)]], ["where": ["id": ["gt": ["column": text]]]], ["where": ["id": text]],
                ["where": ["name": ["regexp": .string("(" + name)]]],
                ["where": ["name": ["regexp": .string("/a/" + name)]]],
                ["order": text], ["order": .string(name + " UPWARD")], ["fields": .array([text])], ["fields": keyed(5)],
                ["include": text],
                ["include": keyed(text)], ["include": ["relation": text, "scope": keyed(1)]],
                ["include": ["relation": "friends", "through": ["where": keyed(1), "fields": .array([text])]]],
                ["include": ["relation": "friends", "through": ["order": text]]],
                ["include": ["relation": "friends", "through": ["as": text]]],
                ["include": ["relation": "friends", "scope": ["where": keyed(1)]]],
                ["include": ["relation": "peers", "aggregate": ["max": text]]],
                ["include": ["relation": "peers", "aggregate": keyed("id")]],
                ["include": ["relation": "subject", "scope": ["where": keyed(1)]]],
                ["include": ["relation": "subject", "scopes": keyed([:])]],
                ["include": ["relation": "places", "scope": ["where": keyed(1), "order": text]]],
                ["after": keyed(1)], ["after": keyed(1), "order": text], ["after": text], ["before": ["id": 1]],
                ["page": keyed(true)],
                ["page": ["cursor": true]], ["distinct": true, "fields": text], ["limit": text], keyed(1),
            ]
            return inner + inner.map { ["include": ["relation": "peers", "scope": $0]] }
                + inner.map { ["include": ["relation": "boss", "scope": $0]] }
        }
    }

    @Test(.timeLimit(.minutes(3))) func `In thousands of errors`() throws {
        let schema = try Schema(
            definitions: Self.definitions.map { try ModelDefinition(json: Array($0.utf8), file: nil) })
        let scoped = try ScopedSchema(schema)
        let planner = Planner(schema: schema, catalog: nil)
        let model = try #require(schema.model("Account"))
        var errors = 0
        for filter in Self.filters {
            do throws(PlannerError) {
                let checked = try schema.filter(filter, for: model.id)
                let resolved = try scoped.resolved(checked, for: model.id)
                _ = try planner.plan(resolved, for: model.id, strategy: .byLevel)
            } catch {
                errors += 1
                let said =
                    "\(error) \(error.message) \(error.property ?? "") \(error.relation ?? "") \(error.path ?? "")"
                let written = filter.description
                // At the root what is protected is shown.
                let isNested = ["include", "boss.", "peers."].contains(where: written.contains)
                for secret in Self.secrets where isNested || secret != "qcipher" {
                    guard said.contains(secret), !written.contains(secret) else { continue }
                    Issue.record("\(written.prefix(200)) gives \(said.prefix(400))")
                }
                for line in ["\(error)", error.message] {
                    #expect(
                        line.unicodeScalars.allSatisfy {
                            !($0.value < 0x20 || (0x7F...0x9F).contains($0.value)
                                || (0x2028...0x202E).contains($0.value))
                        })
                    #expect(line.utf8.count < 6_000)
                }
            }
        }
        #expect(errors > 2_000)
    }

    @Test func `What is hidden and what isn't there are refused alike where a path leads to them`() throws {
        let schema = try Schema(
            definitions: Self.definitions.map { try ModelDefinition(json: Array($0.utf8), file: nil) })
        for step in [" 0", "+0", "00", "-0", "\u{660}"] {
            for end in ["qowner", "door", "nothing"] {
                let error = #expect(throws: PlannerError.self) {
                    try schema.filter(
                        ["where": .object([.init("placesList.\(step).\(end)", ["like": "a%"])])],
                        for: #require(schema.model("Account")).id)
                }
                #expect(error?.code == .unknownProperty && error?.message.contains(end) == false)
            }
        }
    }
}

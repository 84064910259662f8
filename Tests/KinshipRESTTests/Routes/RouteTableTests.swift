// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import HTTPTypes
import Kinship
import KinshipREST
import Testing

/// Which routes a schema has.
@Suite struct RouteTableTests {
    /// Two models with a relation of each kind between them.
    private func table(_ change: (inout ModelDefinition, inout ModelDefinition) -> Void = { _, _ in }) throws
        -> RouteTable
    {
        var part = ModelDefinition("Part", properties: [.id("id"), .number("wholeId"), .string("name")])
        part.relations = [.belongsTo("whole", "Whole", foreignKey: "wholeId")]
        var whole = ModelDefinition("Whole", properties: [.id("id"), .string("name")])
        var references = RelationDefinition("listed", .referencesMany, model: "Part")
        references.foreignKey = ["listedIds"]
        whole.relations = [
            .hasMany("parts", "Part", foreignKey: "wholeId"), .hasOne("first", "Part", foreignKey: "wholeId"),
            .hasAndBelongsToMany("shared", "Part"), references, RelationDefinition("kept", .embedsMany, model: "Part"),
            RelationDefinition("one", .embedsOne, model: "Part"),
        ]
        change(&whole, &part)
        return RouteTable(try Schema(definitions: [whole, part]), graphs: true)
    }

    private func paths(_ table: RouteTable, below path: String) -> [String] {
        table.routes.filter { $0.path.hasPrefix(path) }.map { "\($0)" }.sorted()
    }

    @Test func recordsHaveLoopBacksRoutes() throws {
        let expected = [
            "DELETE /Parts/:id", "GET /Parts", "GET /Parts/:id", "GET /Parts/:id/exists",
            "GET /Parts/change-stream", "GET /Parts/count", "GET /Parts/findOne", "HEAD /Parts/:id", "PATCH /Parts",
            "PATCH /Parts/:id", "PATCH /Parts/:id/graph",
            "POST /Parts", "POST /Parts/:id/replace", "POST /Parts/change-stream", "POST /Parts/graph",
            "POST /Parts/replaceOrCreate",
            "POST /Parts/update", "POST /Parts/upsertWithWhere", "PUT /Parts", "PUT /Parts/:id", "PUT /Parts/graph",
        ]
        let found = try table().routes.filter { route in
            guard case .records = route.operation else { return false }
            return route.model == "Part"
        }
        #expect(found.map { "\($0)" }.sorted() == expected)
    }

    @Test(arguments: [
        ("parts", ["DELETE", "DELETE :fk", "GET", "GET :fk", "GET count", "POST", "PUT :fk"]),
        (
            "shared",
            [
                "DELETE", "DELETE :fk", "DELETE rel/:fk", "GET", "GET :fk", "GET count", "HEAD rel/:fk", "POST",
                "PUT :fk",
                "PUT rel/:fk",
            ]
        ),
        (
            "listed",
            [
                "DELETE", "DELETE :fk", "DELETE rel/:fk", "GET", "GET :fk", "GET count", "HEAD rel/:fk", "POST",
                "PUT :fk",
                "PUT rel/:fk",
            ]
        ),
        ("kept", ["DELETE", "DELETE :fk", "GET", "GET :fk", "GET count", "POST", "PUT :fk"]),
        ("first", ["DELETE", "GET", "POST", "PUT"]), ("one", ["DELETE", "GET", "POST", "PUT"]),
    ])
    func eachKindOfRelationHasItsOwn(relation: String, expected: [String]) throws {
        let path = "/Wholes/:id/\(relation)"
        let found = try table().routes.filter { $0.path == path || $0.path.hasPrefix(path + "/") }.map { route in
            let rest = route.path.dropFirst(path.count + 1)
            return rest.isEmpty ? route.method.rawValue : "\(route.method.rawValue) \(rest)"
        }
        #expect(found.sorted() == expected)
    }

    @Test func aBelongsToIsReadOnly() throws {
        #expect(paths(try table(), below: "/Parts/:id/whole") == ["GET /Parts/:id/whole"])
    }

    @Test func namesArePathsUnlessSomethingElseIsSaid() throws {
        let table = try table { whole, part in
            part.httpPath = "/bits"
            whole.plural = "Everything"
            whole.relations[0].httpPath = "pieces"
        }
        #expect(!paths(table, below: "/bits/:id").isEmpty)
        #expect(!paths(table, below: "/Everything/:id/pieces/:fk").isEmpty)
        #expect(table.routes.allSatisfy { !$0.path.hasPrefix("/Parts") && !$0.path.hasPrefix("/Wholes") })
    }

    @Test func nestedRelationsHaveRoutesWhereTheModelSaysSo() throws {
        let table = try table { whole, part in
            whole.relations[0].nestRemoting = true
            part.relations[0].nestRemoting = true
        }
        #expect(paths(table, below: "/Wholes/:id/parts/:nk/") == ["GET /Wholes/:id/parts/:nk/whole"])
        #expect(paths(table, below: "/Parts/:id/whole/parts").contains("PUT /Parts/:id/whole/parts/:fk"))
        #expect(table.routes.contains { $0.methodName == "prototype.__get__parts__whole" })
    }

    @Test func scopesAreReadAndWritten() throws {
        let table = try table { _, part in
            part.scopes = [.init("named", ["where": ["name": "x"]])]
            part.addScope("since") { _ in ["where": ["id": 1]] }
        }
        #expect(
            paths(table, below: "/Parts/named") == [
                "DELETE /Parts/named", "GET /Parts/named", "GET /Parts/named/count", "POST /Parts/named",
            ])
        #expect(paths(table, below: "/Parts/since") == ["GET /Parts/since", "GET /Parts/since/count"])
    }

    @Test func replaceOnPUTDecidesWhatPUTDoes() throws {
        let table = try table { _, part in part.replaceOnPUT = false }
        let puts = table.routes.filter { $0.model == "Part" && $0.method == .put }.map(\.operation)
        #expect(puts.contains(.records(.patchOrCreate)) && puts.contains(.records(.patchAttributes)))
        #expect(!puts.contains(.records(.replaceById)))
    }

    @Test func whatIsNotOfferedHasNoRoutes() throws {
        let table = try table { whole, part in
            part.isPublic = false
            whole.hidden = ["first"]
            whole.settings = [
                .init("remoting", ["sharedMethods": ["*": false, "find": true, "prototype.__get__parts": true]])
            ]
        }
        // Nor has the link model that nobody described.
        #expect(table.routes.map { "\($0)" }.sorted() == ["GET /Wholes", "GET /Wholes/:id/parts"])
    }

    @Test func hiddenRelationsHaveNone() throws {
        let table = try table { whole, _ in whole.hidden = ["first", "kept"] }
        #expect(paths(table, below: "/Wholes/:id/first").isEmpty)
        #expect(!paths(table, below: "/Wholes/:id/parts").isEmpty)
    }
}

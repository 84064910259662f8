// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Kinship
import Libpq
import RelationPlanner
import TestSupport
import Testing

/// A link that may not be reached is neither changed nor shown by who links the two once more; one that was deleted is one again.
@Suite(.serialized) struct AccessLinkTests {
    private static let models = [
        """
        {"name": "Team", "strict": true, "properties": {"id": {"type": "number", "id": true}, "name": "string"}}
        """,
        """
        {"name": "Post", "strict": true, "softDelete": "deletedAt",
         "properties": {"id": {"type": "number", "id": true, "generated": true}, "customerId": "number", "teamId": "number", "role": "string", "deletedAt": "date"},
         "relations": {"customer": {"type": "belongsTo", "model": "Worker", "foreignKey": "customerId"}}}
        """,
        """
        {"name": "Worker", "strict": true, "options": {"postgresql": {"table": "customer"}}, "properties": {"id": {"type": "number", "id": true}, "name": "string"},
         "relations": {"teams": {"type": "hasMany", "model": "Team", "through": "Post", "foreignKey": "customerId", "keyThrough": "teamId"}}}
        """,
    ]
    private static let tables = """
        CREATE TABLE team (id int PRIMARY KEY, name text); INSERT INTO team VALUES (1, 'a'), (2, 'b'), (3, 'c');
        CREATE TABLE post (id serial PRIMARY KEY, customerid int, teamid int, role text DEFAULT 'open', deletedat timestamptz);
        INSERT INTO post (customerid, teamid, role, deletedat) VALUES (1, 1, 'hidden', NULL), (1, 2, 'open', now()), (2, 1, 'open', NULL);

        """

    private func hooks(_ model: String, byRelation: Bool, isHooked: Bool) -> Hooks {
        var hooks = Hooks()
        hooks.access(model) { access in
            access.narrow(byRelation ? ["customer": ["is": ["name": ["neq": "Ada"]]]] : ["role": ["neq": "boss"]])
            access.narrow(["role": ["neq": "hidden"]])
        }
        if isHooked { hooks.beforeSave(model, loading: .old) { _ in } }
        return hooks
    }

    @Test(arguments: [false, true], [false, true])
    func `A hidden link stays as it is, whether an index keeps links apart or not`(isKept: Bool, isHooked: Bool)
        async throws
    {
        for byRelation in [false, true] {
            let world = try await WritingWorld(
                "access_link_\(isKept)_\(isHooked)_\(byRelation)", isKept: isKept,
                hooks: hooks("Membership", byRelation: byRelation, isHooked: isHooked))
            let database = world.database
            let before = try await world.everything()
            for data in [[:], ["role": "mine"]] as [JSONValue] {
                let outcome = await told {
                    try await database.addRelated("Customer", id: 1, relation: "groups", key: 1, data).text
                }
                if isKept {
                    #expect(outcome == "CONFLICT", "\(data)")
                    #expect(try await world.everything() == before, "\(data)")
                } else {
                    // Nothing keeps the two apart: who doesn't see the one makes another one.
                    #expect(!outcome.contains("boss"), "\(data)")
                    #expect(try await world.rows("SELECT role FROM membership WHERE id = 1") == "boss", "\(data)")
                }
                try await world.reset()
            }
            // One that may be reached gets the data, as ever.
            try await database.addRelated("Customer", id: 2, relation: "groups", key: 2, ["role": "seen"])
            #expect(try await world.rows("SELECT role FROM membership WHERE id = 3") == "seen")
            try await world.reset()
            // A list that is set leaves it alone as well.
            let outcome = await told {
                try await database.setRelated("Customer", id: 1, relation: "groups", keys: [1, 3])
                return "ok"
            }
            #expect(try await world.rows("SELECT role FROM membership WHERE id = 1") == "boss")
            if isKept { #expect(outcome == "CONFLICT" || outcome == "23505") }
            await database.close()
        }
    }

    @Test(arguments: [false, true], [false, true])
    func `A link that was deleted is one again`(isKept: Bool, isHooked: Bool) async throws {
        let world = try await WritingWorld(
            "access_revive_\(isKept)_\(isHooked)", models: Self.models,
            hooks: hooks("Post", byRelation: false, isHooked: isHooked),
            sql: Self.tables + (isKept ? "CREATE UNIQUE INDEX ON post (customerid, teamid);" : ""))
        let database = world.database
        let live = "SELECT customerid, teamid, role FROM post WHERE deletedat IS NULL ORDER BY 1, 2"
        let hidden = await told {
            try await database.addRelated("Worker", id: 1, relation: "teams", key: 1, ["role": "mine"]).text
        }
        #expect(!hidden.contains("hidden"))
        #expect(try await world.rows("SELECT role FROM post WHERE id = 1") == "hidden")
        if isKept { #expect(hidden == "CONFLICT") }
        try await world.test.run("DELETE FROM post WHERE role = 'mine'")
        try await database.addRelated("Worker", id: 1, relation: "teams", key: 2, ["role": "again"])
        #expect(try await world.rows(live) == "1,1,hidden;1,2,again;2,1,open")
        try await database.removeRelated("Worker", id: 2, relation: "teams", key: 1)
        try await database.setRelated("Worker", id: 2, relation: "teams", keys: [3, 1])
        #expect(try await world.rows(live) == "1,1,hidden;1,2,again;2,1,open;2,3,open")
        if isKept { #expect(try await world.rows("SELECT count(*) FROM post") == "4") }
        await database.close()
    }

    /// A default scope isn't access: the link is there, and gets the data (D39), hooks or not.
    @Test(arguments: [false, true])
    func `A link that only a default scope hides gets the data`(isHooked: Bool) async throws {
        let log = HookLog()
        let world = try await WritingWorld(
            "access_scoped_\(isHooked)", isKept: true,
            hooks: isHooked ? log.hooks("Membership", loading: .old) : Hooks()
        ) { definitions in
            for index in definitions.indices where definitions[index].name == "Membership" {
                definitions[index].scope = ["where": ["role": "member"]]
            }
        }
        try await world.database.addRelated("Customer", id: 1, relation: "groups", key: 1, ["role": "member"])
        #expect(
            try await world.rows("SELECT id, role FROM membership WHERE customer_id = 1 ORDER BY 1")
                == "1,member;2,member")
        if isHooked { #expect(log.take().last == "after commit Membership update 1 old 1") }
        await world.database.close()
    }
}

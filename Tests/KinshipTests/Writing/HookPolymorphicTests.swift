// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Kinship
import Libpq
import RelationPlanner
import TestSupport
import Testing

/// A belongsTo to several models runs the hooks of the record that has the key, and of the model that is meant.
@Suite struct HookPolymorphicTests {
    private static let pictures = "SELECT id, owner_id, owner_type FROM picture WHERE id < 4 ORDER BY id"

    private func hooks(_ log: HookLog, on models: [String], loading: Hooks.Loading = .old) -> Hooks {
        var hooks = Hooks()
        for model in models {
            hooks.beforeSave(model, loading: loading) { save in
                if save.change["name"] == "refused" { throw HookLog.Refused() }
                let old = save.change.old.map { " of \($0["ownerId"] ?? $0["name"] ?? "?")" } ?? ""
                log.tell("+\(save.model) \(save.kind.rawValue) \(save.data)\(old)")
            }
            hooks.afterSave(model, loading: loading) { log.tell("=\($0.model) \($0.key ?? "?")") }
        }
        return hooks
    }

    private static func code(_ run: () async throws -> Void) async -> String {
        await told {
            try await run()
            return "ok"
        }
    }

    @Test(arguments: [["Picture", "Group", "Customer"], ["Picture"], ["Group", "Customer"], []])
    func `Each operation runs the hooks of what it writes`(hooked: [String]) async throws {
        let log = HookLog()
        let world = try await WritingWorld(
            "hook_polymorphic_\(hooked.joined().lowercased())", hooks: hooks(log, on: hooked))
        let database = world.database
        func hasTold(_ all: [String]) -> Bool {
            let lines = log.take()
            let expected = all.filter { line in hooked.contains { line.dropFirst().hasPrefix($0 + " ") } }
            if lines != expected { Issue.record("\(lines) and not \(expected)") }
            return lines == expected
        }
        try await database.addRelated("Picture", id: 1, relation: "owner", key: ["Group": 2])
        #expect(hasTold([#"+Picture update {"ownerId":2,"ownerType":"Group"} of 1"#, "=Picture 1"]))
        let made = try await database.createRelated(
            "Picture", id: 2, relation: "owner", ["Group": ["id": 7, "name": "N"]])
        #expect(made.count == 1)
        #expect(
            hasTold([
                "+Picture update {} of 1", #"+Group create {"id":7,"name":"N"}"#, "=Group 7", "=Picture 2",
            ]))
        #expect(try await world.rows(Self.pictures) == "1,2,Group;2,7,Group;3,2,Customer")
        try await database.updateRelated("Picture", id: 2, relation: "owner", ["Group": ["name": "M"]])
        #expect(hasTold([#"+Group update {"name":"M"} of "N""#, "=Group 7"]))
        #expect(try await world.rows("SELECT name FROM grp WHERE id = 7") == "M")
        // Who has the same key in another model isn't meant.
        #expect(
            await Self.code {
                try await database.updateRelated("Picture", id: 1, relation: "owner", ["Customer": ["name": "Z"]])
            } == "RELATION_EMPTY")
        #expect(log.take().filter { $0.hasPrefix("=") } == [])
        #expect(
            await Self.code { try await database.addRelated("Picture", id: 1, relation: "owner", key: ["Group": 99]) }
                == "MODEL_NOT_FOUND")
        #expect(
            await Self.code { try await database.addRelated("Picture", id: 1, relation: "owner", key: 2) }
                == "INVALID_VALUE")
        _ = log.take()
        #expect(try await database.removeRelated("Picture", id: 1, relation: "owner").count == 1)
        #expect(hasTold([#"+Picture update {"ownerId":null,"ownerType":null} of 2"#, "=Picture 1"]))
        #expect(try await database.deleteRelated("Picture", id: 2, relation: "owner").count == 1)
        #expect(hasTold([#"+Picture update {"ownerId":null,"ownerType":null} of 7"#, "=Picture 2"]))
        #expect(try await world.rows(Self.pictures) == "1,-,-;2,-,-;3,2,Customer")
        await database.close()
    }

    @Test func `Graphs of records that are there run them too, and what fails undoes all`() async throws {
        let log = HookLog()
        let world = try await WritingWorld(
            "hook_polymorphic_graphs", hooks: hooks(log, on: ["Picture", "Group", "Customer"]))
        let database = world.database
        try await database.updateGraph(
            "Picture", id: 1, ["url": "x", "owner": ["update": ["Customer": ["name": "Eve"]]]])
        #expect(log.take().filter { $0.hasPrefix("=") } == ["=Picture 1", "=Customer 1"])
        try await database.updateGraph("Picture", id: 1, ["owner": ["create": ["Group": ["id": 8, "name": "G"]]]])
        try await database.updateGraph("Picture", id: 2, ["owner": ["connect": ["Group": 3]]])
        try await database.updateGraph("Picture", id: 3, ["owner": ["disconnect": true]])
        #expect(log.take().filter { $0.hasPrefix("=") } == ["=Group 8", "=Picture 1", "=Picture 2", "=Picture 3"])
        #expect(try await world.rows(Self.pictures) == "1,8,Group;2,3,Group;3,-,-")
        let before = try await world.everything()
        for owner: JSONValue in [
            ["create": ["Group": ["id": 9, "name": "refused"]]], ["update": ["Group": ["name": "refused"]]],
        ] {
            await #expect(throws: HookLog.Refused.self) {
                try await database.updateGraph("Picture", id: 1, ["url": "y", "owner": owner])
            }
        }
        #expect(try await world.everything() == before)
        await database.close()
    }

    @Test func `What the relation says hooks may add to, not change`() async throws {
        var hooks = Hooks()
        hooks.beforeSave("Picture") { save in
            if save.change["ownerId"] == 3 {
                save.change["ownerType"] = "Customer"
            } else {
                save.change["url"] = "hooked"
            }
        }
        let world = try await WritingWorld("hook_polymorphic_says", hooks: hooks)
        let error = await #expect(throws: PlannerError.self) {
            try await world.database.addRelated("Picture", id: 1, relation: "owner", key: ["Group": 3])
        }
        #expect(error?.code == .keyOverride && error?.property == "ownerType")
        try await world.database.addRelated("Picture", id: 1, relation: "owner", key: ["Group": 2])
        #expect(try await world.rows("SELECT url, owner_id, owner_type FROM picture WHERE id = 1") == "hooked,2,Group")
        await world.database.close()
    }
}

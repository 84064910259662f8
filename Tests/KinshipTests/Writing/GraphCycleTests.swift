// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Kinship
import Libpq
import RelationPlanner
import TestSupport
import Testing

/// New records of one graph that refer to each other, whatever the database wants to be there first.
@Suite struct GraphCycleTests {
    /// What a firm's owner and a worker's firm are: columns, and what they refer to.
    enum Keys: String, CaseIterable, CustomTestStringConvertible {
        case nullable, required, deferrable, deferred, loose

        var testDescription: String { rawValue }

        fileprivate var column: String { isRequired ? "int NOT NULL" : "int" }
        fileprivate var suffix: String {
            switch self {
            case .nullable, .required, .loose: ""
            case .deferrable: " DEFERRABLE"
            case .deferred: " DEFERRABLE INITIALLY DEFERRED"
            }
        }
        fileprivate var isRequired: Bool { self != .nullable }
    }

    /// Firms that have an owner, and workers, who have a firm and a boss.
    private struct World {
        let tables: TestDatabase
        let database: Database

        init(
            _ name: String, owner: Keys = .nullable, firm: Keys = .nullable, isGenerated: Bool = true,
            hooks: Hooks = Hooks()
        ) async throws {
            tables = try await TestDatabase.named("graph_cycle_\(name)")
            let key = isGenerated ? "serial" : "int"
            try await tables.run(
                """
                CREATE TABLE firm (id \(key) PRIMARY KEY, name text CHECK (name <> 'bad'), ownerid \(owner.column), rev int);
                CREATE TABLE worker (id \(key) PRIMARY KEY, name text NOT NULL, firmid \(firm.column), bossid int REFERENCES worker, rev int);
                CREATE TABLE tally (what text);
                CREATE FUNCTION tally() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
                  INSERT INTO tally VALUES (TG_OP || ' ' || TG_TABLE_NAME); RETURN NULL; END $$;
                """)
            for (table, column, target, keys) in [
                ("firm", "ownerid", "worker", owner), ("worker", "firmid", "firm", firm),
            ] {
                guard keys != .loose else { continue }
                try await tables.run(
                    "ALTER TABLE \(table) ADD FOREIGN KEY (\(column)) REFERENCES \(target)\(keys.suffix)")
            }
            for table in ["firm", "worker"] {
                try await tables.run(
                    "CREATE TRIGGER tally AFTER INSERT OR UPDATE ON \(table) FOR EACH STATEMENT EXECUTE FUNCTION tally()"
                )
            }
            let id =
                isGenerated
                ? #""id": {"type": "number", "id": true, "generated": true}"# : #""id": {"type": "number", "id": true}"#
            let models = [
                #"""
                {"name": "Firm", "version": "rev", "properties": {\#(id), "name": "string", "ownerId": "number", "rev": "number"},
                 "relations": {"owner": {"type": "belongsTo", "model": "Worker", "foreignKey": "ownerId"},
                  "workers": {"type": "hasMany", "model": "Worker", "foreignKey": "firmId"}}}
                """#,
                #"""
                {"name": "Worker", "version": "rev", "properties": {\#(id), "name": "string", "firmId": "number", "bossId": "number", "rev": "number"},
                 "relations": {"firm": {"type": "belongsTo", "model": "Firm", "foreignKey": "firmId"},
                  "boss": {"type": "belongsTo", "model": "Worker", "foreignKey": "bossId"},
                  "team": {"type": "hasMany", "model": "Worker", "foreignKey": "bossId"}}}
                """#,
            ]
            let schema = try Schema(definitions: models.map { try ModelDefinition(json: Array($0.utf8), file: nil) })
            database = try await Database.open(
                schema: schema, connection: try ConnectionConfiguration(url: tables.url), hooks: hooks)
        }

        func rows(_ sql: String) async throws -> String {
            try await tables.run(sql).map { $0.map { $0 ?? "-" }.joined(separator: ",") }.joined(separator: ";")
        }

        func firms() async throws -> String {
            try await rows(
                "SELECT f.name, o.name FROM firm f LEFT JOIN worker o ON o.id = f.ownerid ORDER BY f.name")
        }

        func workers() async throws -> String {
            try await rows(
                """
                SELECT w.name, f.name, b.name FROM worker w LEFT JOIN firm f ON f.id = w.firmid
                LEFT JOIN worker b ON b.id = w.bossid ORDER BY w.name
                """)
        }

        /// The statements that wrote something since it was last asked.
        func statements() async throws -> String {
            let told = try await rows("SELECT what || ' ' || count(*) FROM tally GROUP BY what ORDER BY what")
            try await tables.run("TRUNCATE tally")
            return told
        }
    }

    @Test func `What two new records are to each other is said with their names`() async throws {
        let world = try await World("names")
        let answer = try await world.database.createGraph(
            "Firm",
            [
                "name": "Maps", "owner": ["#ref": "ann"],
                "workers": [
                    ["#id": "ann", "name": "Ann"], ["name": "Bob", "boss": ["#ref": "ann"]],
                    ["name": "Cy", "boss": ["connect": ["#ref": "ann"]]],
                ],
            ])
        #expect(try answer.text.contains(#""owner":{"#))
        #expect(try await world.firms() == "Maps,Ann")
        #expect(try await world.workers() == "Ann,Maps,-;Bob,Maps,Ann;Cy,Maps,Ann")
        // One statement for those that wait, too.
        #expect(try await world.statements() == "INSERT firm 1;INSERT worker 1;UPDATE firm 1;UPDATE worker 1")
        // Rings, and oneself.
        try await world.database.createGraph(
            "Worker",
            ["#id": "a", "name": "Dee", "boss": ["name": "Eve", "boss": ["name": "Flo", "boss": ["#ref": "a"]]]])
        try await world.database.createGraph("Worker", ["#id": "me", "name": "Gus", "boss": ["#ref": "me"]])
        #expect(try await world.workers().hasSuffix("Dee,-,Eve;Eve,-,Flo;Flo,-,Dee;Gus,-,Gus"))
        // Each is counted once more.
        #expect(try await world.rows("SELECT rev FROM worker WHERE name IN ('Bob', 'Flo', 'Gus')") == "2;2;2")
        // Below records that are there.
        try await world.database.updateGraph(
            "Firm", id: 1,
            ["owner": ["connect": ["#ref": "new"]], "workers": ["create": [["#id": "new", "name": "Hal"]]]])
        #expect(try await world.firms() == "Maps,Hal")
        try await world.database.upsertGraph(
            "Firm", ["name": "Inks", "workers": ["upsert": [["#id": "i", "name": "Ivy"]]]])
        #expect(try await world.workers().contains("Ivy,Inks,-"))
        await world.database.close()
    }

    /// Either may have to have the other: then it is made behind it.
    @Test(arguments: [(Keys.nullable, Keys.required), (.nullable, .nullable), (.required, .nullable)])
    func `What has to be there first is made first`(owner: Keys, firm: Keys) async throws {
        let world = try await World("order_\(owner)_\(firm)", owner: owner, firm: firm)
        let database = world.database
        try await database.createGraph(
            "Firm",
            ["#id": "f", "name": "A", "owner": ["create": ["name": "Ann", "firm": ["connect": ["#ref": "f"]]]]])
        #expect(try await world.firms() == "A,Ann")
        #expect(try await world.workers() == "Ann,A,-")
        try await database.createGraph(
            "Worker",
            [
                "#id": "w", "name": "Bob", "firm": ["create": ["name": "B", "owner": ["#ref": "w"]]],
                "team": [
                    ["name": "Bo", "firm": ["#ref": "x"]]
                ], "boss": ["name": "Bess", "firm": ["#id": "x", "name": "X", "owner": ["#ref": "w"]]],
            ])
        #expect(try await world.firms() == "A,Ann;B,Bob;X,Bob")
        #expect(try await world.workers() == "Ann,A,-;Bess,X,-;Bo,X,Bob;Bob,B,Bess")
        await database.close()
    }

    @Test(arguments: Keys.allCases)
    func `Keys that data give are known ahead`(keys: Keys) async throws {
        let world = try await World("given_\(keys)", owner: keys, firm: keys, isGenerated: false)
        let database = world.database
        let graphs: [JSONValue] = [
            ["id": 1, "name": "A", "owner": ["create": ["id": 10, "name": "Ann", "firm": ["connect": 1]]]],
            ["id": 1, "name": "A", "owner": ["create": ["id": 10, "name": "Ann", "firmId": 1]]],
            ["id": 1, "name": "A", "ownerId": 10, "workers": [["id": 10, "name": "Ann"]]],
            ["id": 1, "name": "A", "owner": ["connect": 10], "workers": ["create": [["id": 10, "name": "Ann"]]]],
        ]
        for graph in graphs {
            let before = try await world.rows("SELECT count(*) FROM firm, worker")
            if keys == .required {
                let error = await #expect(throws: PlannerError.self) {
                    try await database.createGraph("Firm", graph)
                }
                #expect(error?.code == .unsupported)
                #expect(error?.message.contains("DEFERRABLE") == true, "\(error?.message ?? "")")
                #expect(error?.relation != nil)
                #expect(try await world.rows("SELECT count(*) FROM firm, worker") == before)
                continue
            }
            try await database.createGraph("Firm", graph)
            #expect(try await world.firms() == "A,Ann", "\(graph)")
            #expect(try await world.workers() == "Ann,A,-", "\(graph)")
            if keys.isRequired { #expect(try await world.statements() == "INSERT firm 1;INSERT worker 1", "\(graph)") }
            try await world.tables.run("TRUNCATE firm, worker, tally")
        }
        guard keys != .required else { return await database.close() }
        // Two of one statement.
        try await database.createGraph(
            "Worker",
            [
                "id": 1, "name": "A", "bossId": 1, "firm": ["id": 5, "name": "F", "ownerId": 1],
                "team": [
                    ["id": 2, "name": "B", "firmId": 5], ["id": 3, "name": "C", "firmId": 5],
                ],
            ])
        #expect(try await world.workers() == "A,F,A;B,F,A;C,F,A")
        await database.close()
    }

    /// The constraints of a transaction of the caller's are looked at again when the graph is written.
    @Test func `What is not kept is told with its constraint, and the transaction goes on`() async throws {
        let world = try await World("kept", owner: .deferrable, firm: .deferrable, isGenerated: false)
        try await world.database.withTransaction { transaction in
            try await transaction.createGraph(
                "Firm", ["id": 1, "name": "A", "owner": ["id": 10, "name": "Ann", "firmId": 1]])
            let violation = await #expect(throws: ConstraintViolation.self) {
                try await transaction.withTransaction { inner in
                    try await inner.create("Firm", ["id": 2, "name": "B", "ownerId": 77])
                }
            }
            #expect(violation?.kind == .foreignKey)
        }
        #expect(try await world.firms() == "A,Ann")
        // A trigger breaks what was kept: it is told where the graph ends.
        try await world.tables.run(
            """
            CREATE FUNCTION lose() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
              IF new.id = 30 THEN UPDATE worker SET firmid = 99 WHERE id = 30; END IF; RETURN NULL; END $$;
            CREATE TRIGGER lose AFTER INSERT ON worker FOR EACH ROW EXECUTE FUNCTION lose();
            """)
        let violation = await #expect(throws: ConstraintViolation.self) {
            try await world.database.createGraph(
                "Firm", ["id": 3, "name": "C", "owner": ["id": 30, "name": "Cy", "firmId": 3]])
        }
        #expect(violation?.kind == .foreignKey)
        #expect(try await world.firms() == "A,Ann")
        await world.database.close()
    }

    @Test func `What is saved may lead to a new record from several places`() async throws {
        let world = try await World("saved", isGenerated: false)
        let database = world.database
        let saved = try await database.save(
            "Firm",
            [
                "id": 1, "name": "A", "owner": ["id": 10],
                "workers": [
                    ["id": 10, "name": "Ann", "firm": ["id": 1, "name": "A"]],
                    ["id": 11, "name": "Bob", "boss": ["id": 10, "name": "Ann"]],
                ],
            ], comparedWith: .null)
        #expect(saved.created == 3)
        #expect(try await world.firms() == "A,Ann")
        #expect(try await world.workers() == "Ann,A,-;Bob,A,Ann")
        // What differs between places is told.
        let error = await #expect(throws: PlannerError.self) {
            try await database.save(
                "Firm",
                ["id": 2, "name": "B", "owner": ["id": 20, "name": "x"], "workers": [["id": 20, "name": "y"]]],
                comparedWith: .null)
        }
        #expect(error?.code == .invalidValue)
        #expect(error?.path?.hasSuffix("name") == true)
        // A new record below what was read, and the way back.
        let read = try JSONValue(
            parsing: try await database.findById("Firm", id: 1, filter: ["include": ["workers", "owner"]]).firstJSON())
        let changed = JSONValue.object(
            (read.members ?? []).map { member in
                switch member.key {
                case "workers": .init("workers", .array((member.value.elements ?? []) + [["id": 12, "name": "Cy"]]))
                case "owner": .init("owner", ["id": 12, "name": "Cy"])
                case "ownerId": .init("ownerId", 12)
                default: member
                }
            })
        try await database.save("Firm", changed, comparedWith: read)
        #expect(try await world.firms() == "A,Cy")
        #expect(try await world.workers() == "Ann,A,-;Bob,A,Ann;Cy,A,-")
        await database.close()
    }

    @Test func `Names that mean nothing are told with their place`() async throws {
        let world = try await World("wrong")
        let attempts: [(JSONValue, String)] = [
            (["name": "x", "owner": ["#ref": "nobody"]], "owner"),
            (["name": "x", "owner": ["connect": ["#ref": "nobody"]]], "owner.connect"),
            (["#id": "f", "name": "x", "owner": ["#ref": "f"]], "owner"),
            (["name": "x", "workers": [["#id": "a", "name": "A"], ["#id": "a", "name": "B"]]], "workers[1].#id"),
            (["#id": 5, "name": "x"], "#id"),
            (["name": "x", "owner": ["#ref": 5]], "owner"),
            (["name": "x", "owner": ["#ref": "a", "name": "y"]], "owner"),
            (
                ["name": "x", "workers": ["create": [["#id": "a", "name": "A"]], "delete": [["#ref": "a"]]]],
                "workers.delete[0]"
            ),
            (
                ["name": "x", "workers": ["create": [["#id": "a", "name": "A"]], "disconnect": [["#ref": "a"]]]],
                "workers.disconnect[0]"
            ),
        ]
        for (data, path) in attempts {
            let error = await #expect(throws: PlannerError.self) { try await world.database.createGraph("Firm", data) }
            #expect(error?.code == .invalidValue, "\(data)")
            #expect(error?.path == path, "\(data)")
        }
        #expect(try await world.rows("SELECT count(*) FROM firm") == "0")
        await world.database.close()
    }

    @Test func `Hooks see both steps`() async throws {
        let log = HookLog()
        let world = try await World("hooks", hooks: log.hooks("Firm", "Worker", loading: .old))
        try await world.database.createGraph(
            "Firm", ["name": "A", "owner": ["#ref": "ann"], "workers": [["#id": "ann", "name": "Ann"]]])
        let told = log.take().filter { $0.hasPrefix("before save") || $0.hasPrefix("after save") }
        #expect(
            told == [
                "before save Firm create \"?\"", "after save Firm create 1", "before save Worker create \"?\"",
                "after save Worker create 1", "before save Firm update 1 old 1", "after save Firm update 1 old 1",
            ], "\(told)")
        #expect(try await world.firms() == "A,Ann")
        await world.database.close()
    }

    /// Many at once, some of which fail: each is there as a whole, or not at all.
    @Test(.timeLimit(.minutes(2))) func `Cycles are whole under concurrency and failure`() async throws {
        let world = try await World("many", owner: .nullable, firm: .required)
        await withTaskGroup(of: Void.self) { group in
            for number in 0..<32 {
                group.addTask {
                    _ = try? await world.database.createGraph(
                        "Firm",
                        [
                            "name": .string("f\(number)"), "owner": ["#ref": "o"],
                            "workers": [
                                ["#id": "o", "name": "o", "boss": ["#ref": "b"]],
                                number.isMultiple(of: 4)
                                    ? ["#id": "b"] : ["#id": "b", "name": "b", "boss": ["#ref": "o"]],
                            ],
                        ])
                }
            }
        }
        #expect(try await world.rows("SELECT count(*), count(ownerid) FROM firm") == "24,24")
        #expect(
            try await world.rows(
                "SELECT count(*), count(w.bossid), count(DISTINCT w.firmid) FROM worker w") == "48,48,24")
        await world.database.close()
    }
}

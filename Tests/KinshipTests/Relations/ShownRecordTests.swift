// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Kinship
import RelationPlanner
import Testing

/// What is asked about a to-one relation is asked of the record that it shows (B1, D20).
@Suite struct ShownRecordTests {
    /// What a relation shows of each room.
    private struct Shown {
        var exists = false
        var id: JSONValue?
        var score: Int?
    }

    private func shown(_ relation: String, _ database: Database) async throws -> [(room: Int, record: Shown)] {
        let found = try await database.find("Room", filter: ["include": .string(relation)])
        guard case .array(let rooms) = try JSONValue(parsing: found.json()) else { return [] }
        return rooms.map { room in
            var record = Shown()
            if case .object? = room[relation] {
                record.exists = true
                record.id = room[relation]?["id"]
                record.score = number(room[relation]?["score"])
            }
            return (number(room["id"]) ?? 0, record)
        }
    }

    private func number(_ json: JSONValue?) -> Int? {
        if case .number(let text)? = json { Int(text) } else { nil }
    }

    private func rooms(_ filter: JSONValue, _ database: Database) async throws -> [Int] {
        guard case .object(var members) = filter else { return [] }
        members.append(.init("fields", ["id"]))
        let json = try JSONValue(parsing: try await database.find("Room", filter: .object(members)).json())
        guard case .array(let rooms) = json else { return [] }
        return rooms.compactMap { number($0["id"]) }
    }

    @Test(arguments: ShownRecordWorld.relations, Strategy.allCases)
    func conditionsAskAboutIt(relation: String, strategy: Strategy) async throws {
        let database = try await ShownRecordWorld.open(strategy)
        let shown = try await shown(relation, database)
        #expect(shown.count == 40)
        #expect(shown.contains { $0.record.exists })
        let conditions: [(json: JSONValue, holds: (Int?) -> Bool)] = [
            (["score": ["gt": 6]], { $0.map { $0 > 6 } ?? false }),
            (["score": ["lte": 4]], { $0.map { $0 <= 4 } ?? false }),
            (["score": .null], { $0 == nil }),
            (["not": ["score": ["gt": 9]]], { !($0.map { $0 > 9 } ?? false) }),
            ([:], { _ in true }),
        ]
        for (json, holds) in conditions {
            let meeting = shown.filter { $0.record.exists && holds($0.record.score) }.map(\.room)
            let others = shown.map(\.room).filter { !meeting.contains($0) }
            func condition(_ word: String) -> JSONValue { .object([.init(relation, .object([.init(word, json)]))]) }
            #expect(try await rooms(["where": condition("is")], database) == meeting, "is \(json)")
            #expect(try await rooms(["where": condition("isNot")], database) == others, "isNot \(json)")
            let count = try await database.count("Room", where: condition("is"))
            #expect(count.count == Int64(meeting.count))
        }
        await database.close()
    }

    @Test(arguments: ShownRecordWorld.relations, Strategy.allCases)
    func ordersGoByIt(relation: String, strategy: Strategy) async throws {
        let database = try await ShownRecordWorld.open(strategy)
        let shown = try await shown(relation, database)
        let sorted = shown.sorted { one, other in
            switch (one.record.score, other.record.score) {
            case (nil, nil): one.room < other.room
            case (nil, _?): false
            case (_?, nil): true
            case (let left?, let right?): left == right ? one.room < other.room : left > right
            }
        }
        let order: JSONValue = ["order": [.string("\(relation).score DESC NULLS LAST"), "id"]]
        #expect(try await rooms(order, database) == sorted.map(\.room))
        // With the record beside it, and only the first ones.
        let limited = try await database.find(
            "Room",
            filter: [
                "order": [.string("\(relation).score DESC NULLS LAST"), "id"], "limit": 7, "include": .string(relation),
            ])
        guard case .array(let rooms) = try JSONValue(parsing: limited.json()) else { return }
        #expect(rooms.compactMap { number($0["id"]) } == sorted.prefix(7).map(\.room))
        #expect(rooms.map { number($0[relation]?["score"]) } == sorted.prefix(7).map(\.record.score))
        await database.close()
    }

    @Test(arguments: ShownRecordWorld.relations)
    func oneRecordShowsTheSame(relation: String) async throws {
        let database = try await ShownRecordWorld.open(.oneTrip)
        for (room, record) in try await shown(relation, database).prefix(12) {
            let found = try await database.findById(
                "Room", id: room, filter: ["include": .string(relation)])
            let json = try JSONValue(parsing: found.firstJSON())
            #expect(number(json[relation]?["score"]) == record.score, "\(room)")
            #expect(found.count == 1)
            let related = try await database.related("Room", id: room, relation: relation)
            #expect(related.count == (record.exists ? 1 : 0))
            #expect(number(try JSONValue(parsing: related.firstJSON())["score"]) == record.score)
        }
        await database.close()
    }

    @Test(arguments: ShownRecordWorld.relations.filter { !ShownRecordWorld.keyless.contains($0) })
    func itAloneIsFoundByItsKey(relation: String) async throws {
        let database = try await ShownRecordWorld.open(.oneTrip)
        for (room, record) in try await shown(relation, database).prefix(8) {
            for key in 1...40 {
                let isShown = record.exists && record.id == JSONValue.number("\(key)")
                let exists = try await database.relatedExists(
                    "Room", id: room, relation: relation, key: key)
                #expect(exists.count == (isShown ? 1 : 0), "room \(room), key \(key)")
                guard isShown else { continue }
                let found = try await database.relatedFindById(
                    "Room", id: room, relation: relation, key: key)
                #expect(found.count == 1)
                #expect(number(try JSONValue(parsing: found.firstJSON())["score"]) == record.score)
            }
        }
        await #expect {
            try await database.relatedExists("Room", id: 999, relation: relation, key: 1)
        } throws: { ($0 as? PlannerError)?.code == .modelNotFound }
        await database.close()
    }
}

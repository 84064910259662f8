// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Foundation
import GeneratedOdd
import GeneratedShop
import Kinship
import Testing

/// Generated models are asked and written as those are that a person writes.
@Suite struct GeneratedQueriesTests {
    @Test func queriesAndScopes() async throws {
        let database = try await GeneratedSet.shop.database()
        let large = try await database.query(GeneratedShop.Order.self).large.order { $0.id.ascending }.limit(3)
            .include(\.customer).all()
        #expect(large.count == 3)
        for order in large {
            #expect(order.total > 1000)
            #expect(try order.customer.record?.id == order.customerId)
        }
        #expect(try await database.query(GeneratedShop.Order.self).latest.all().count == 10)
    }

    @Test func everyOddKindIsRead() async throws {
        let database = try await GeneratedSet.odd.database()
        let dates = try await database.query(DateModel.self).order { $0.day.ascending }.include(\.task).all()
        #expect(dates.map(\.id) == [.init(year: 2026, day: 1), .init(year: 2026, day: 2)])
        #expect(dates[0].sizes?.map(\.description) == ["1.5", "1234567890123456789012345.25"])
        #expect(dates[0].tags == ["a", "b"])
        #expect(dates[0].anything == ["x": 1])
        #expect(try dates[0].task.record?.code == "T1")
        #expect(dates[1].place == nil)
        let person = try await database.query(Person.self).order { $0.key.ascending }.include(\.members).include(\.past)
            .include(\.friends).first()
        #expect(person?.mood == .inProgress)
        #expect(person?.moods == [.class, ._1, .unnamed])
        #expect(try person?.members.entries.first?.link.weight == 0.5)
        #expect(try person?.past.records.map(\.street) == ["B"])
        #expect(try person?.friends.records.count == 1)
        let notes = try await database.query(Note.self).order { $0.id.ascending }.include(\.about).all()
        guard case .classModel(let owner) = try notes[0].about.record,
            case .taskModel(let task) = try notes[1].about.record
        else { throw PlannerError(.invalidFilter, "The notes are about something else.") }
        #expect(owner.class == "a" && owner.firstName2 == "h" && owner._1st == true)
        #expect(owner.row == "m" && owner.required == true && owner.url == "n" && owner.date != nil)
        #expect(task.hours == 1.25)
        #expect(try notes[2].about.record == nil)
    }
}

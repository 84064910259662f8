// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Foundation
import KinshipTesting
import Testing

@Suite(.timeLimit(.minutes(2))) struct RecordedAnswersTests {
    private let file = FileManager.default.temporaryDirectory.appending(path: "answers-\(UUID()).json").path

    /// What is recorded and replayed: reading, writing, transactions, an error, a stream.
    private func work(_ harness: TestHarness) async throws -> [String] {
        var lines: [String] = []
        let database = harness.database
        let kept = try await database.make(Customer.self) { $0.name = "kept" }
        lines.append(kept.email)
        for _ in 0..<2 {
            try await harness.rollingBack { session in
                let order = try await session.make(Order.self) { $0.customerId = kept.id }
                lines.append("\(order.total) \(order.placedAt)")
                await #expect(throws: ConstraintViolation.self) {
                    try await session.withTransaction { try await $0.make("Customer", ["email": .string(kept.email)]) }
                }
                let customers = try await session.query(Customer.self).include(\.orders).all()
                lines += try customers.map { "\($0.name) \(try $0.orders.count)" }
            }
        }
        lines.append("\(try await database.count("Order").count)")
        try await database.query(Customer.self).where { $0.id == kept.id }.update { $0.name = "changed" }
        lines.append(try await database.query(Customer.self).get(kept.id).name)
        async let one = database.count("Customer")
        async let other = database.exists("Customer", id: kept.id)
        lines.append("\(try await one.count) \(try await other.count)")
        for try await customer in try database.query(Customer.self).stream() { lines.append(customer.name) }
        await #expect(throws: PostgresError.self) { try await database.pool.execute("select nope") }
        return lines
    }

    @Test func `A run is repeated without a server`() async throws {
        defer { try? FileManager.default.removeItem(atPath: file) }
        let schema = try Shop.schema.get()
        let answers = RecordedAnswers(file: file)
        let recorded = try await TestHarness.with(schema: schema, answers: answers) { harness in
            #expect(harness.configuration.database != "recorded")
            return try await work(harness)
        }
        #expect(recorded.count == 9 && recorded.contains("kept 1") && recorded.contains("changed"))
        let written = try Data(contentsOf: URL(filePath: file))
        for _ in 0..<2 {
            let replayed = try await TestHarness.with(schema: schema, answers: answers) { harness in
                #expect(harness.configuration.database == "recorded")
                return try await work(harness)
            }
            #expect(replayed == recorded)
        }
        #expect(try Data(contentsOf: URL(filePath: file)) == written)
    }

    @Test func `What wasn't recorded is told with its statement and values`() async throws {
        defer { try? FileManager.default.removeItem(atPath: file) }
        let schema = try Shop.schema.get()
        try await TestHarness.with(schema: schema, answers: RecordedAnswers(file: file, mode: .record)) { harness in
            _ = try await harness.database.query(Customer.self).where { $0.name == "Ann" }.all()
        }
        let replay = RecordedAnswers(file: file, mode: .replay)
        try await TestHarness.with(schema: schema, answers: replay) { harness in
            let database = harness.database
            let other = await #expect(throws: PostgresError.self) {
                try await database.query(Customer.self).where { $0.name == "Bob" }.all()
            }
            #expect(other?.sqlState == RecordedAnswers.notRecorded)
            #expect(other?.message.contains("with other values only") == true)
            #expect(
                other?.server?.detail?.contains("'Bob'") == true && other?.server?.detail?.contains("'Ann'") == true)
            let unknown = await #expect(throws: PostgresError.self) {
                try await database.query(Customer.self).where { $0.vip == true }.all()
            }
            #expect(unknown?.sqlState == RecordedAnswers.notRecorded)
            #expect(unknown?.message.contains("vip") == true)
            // The connection goes on.
            let nobody = try await database.query(Customer.self).where { $0.name == "Ann" }.all()
            #expect(nobody.isEmpty)
            await #expect(throws: PostgresError.self) {
                try await database.withTransaction { transaction in
                    _ = try? await transaction.count("Order", where: ["total": 7])
                    _ = try await transaction.query(Customer.self).where { $0.name == "Ann" }.all()
                }
            }
        }
    }

    @Test func `A statement is answered as it was each time`() async throws {
        defer { try? FileManager.default.removeItem(atPath: file) }
        func counts(_ times: Int, _ mode: RecordedAnswers.Mode) async throws -> [Int64] {
            try await TestHarness.with(
                schema: try Shop.schema.get(), answers: RecordedAnswers(file: file, mode: mode)
            ) { harness in
                var counts: [Int64] = []
                for number in 0..<times {
                    counts.append(Int64(try await harness.database.count("Customer").count))
                    if number < 2 { try await harness.database.make("Customer", ["email": .string("\(number)")]) }
                }
                return counts
            }
        }
        #expect(try await counts(3, .record) == [0, 1, 2])
        #expect(try await counts(3, .replay) == [0, 1, 2])
        await #expect {
            try await counts(4, .replay)
        } throws: { error in
            let error = error as? PostgresError
            return error?.sqlState == RecordedAnswers.notRecorded && error?.message.contains("3 times") == true
        }
    }

    @Test func `Files that are missing, broken or from elsewhere are told`() async throws {
        defer { try? FileManager.default.removeItem(atPath: file) }
        let schema = try Shop.schema.get()
        for text in [nil, "", "{}", #"{"version": 2, "parameters": {}, "questions": []}"#] as [String?] {
            if let text { try Data(text.utf8).write(to: URL(filePath: file)) }
            await #expect {
                _ = try await TestHarness.start(schema: schema, answers: RecordedAnswers(file: file, mode: .replay))
            } throws: { error in (error as? TestingError)?.code == .answersFile }
        }
    }

    @Test func `What can't be recorded writes no file, and neither does a run that fails`() async throws {
        let schema = try Shop.schema.get()
        let answers = RecordedAnswers(file: file, mode: .record)
        await #expect {
            try await TestHarness.with(schema: schema, answers: answers) { harness in
                try await harness.database.pool.withConnection { connection in
                    for try await _ in connection.copyOut("COPY (SELECT 1) TO STDOUT") {}
                }
            }
        } throws: { error in (error as? TestingError)?.code == .answersUnsupported }
        struct Mistake: Error {}
        await #expect(throws: Mistake.self) {
            try await TestHarness.with(schema: schema, answers: answers) { _ in throw Mistake() }
        }
        #expect(!FileManager.default.fileExists(atPath: file))
    }
}

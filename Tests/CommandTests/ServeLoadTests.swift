// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

#if Hummingbird
import Foundation
import Synchronization
import TestSupport
import Testing

/// `kinship serve` that is told to end while many write.
@Suite(.timeLimit(.minutes(5))) struct ServeLoadTests {
    private static let model = """
        {
          "name": "Entry",
          "properties": {
            "id": {"type": "number", "id": true}, "number": "number", "text": "string"
          }
        }
        """

    /// What clients have asked for, and what they were told.
    private final class Ledger: Sendable {
        struct Entries {
            var asked: Set<Int> = []
            var written: Set<Int> = []
            /// Answered with something else: the statuses.
            var refused: [Int: Int] = [:]
        }

        let entries = Mutex(Entries())
    }

    /// Three records that are made at once.
    private static func body(_ number: Int) -> [UInt8] {
        let records = (0..<3).map { #"{"id":\#(number * 3 + $0),"number":\#(number),"text":"\#(number)"}"# }
        return Array("[\(records.joined(separator: ","))]".utf8)
    }

    /// One client: writes until the server is gone.
    private static func write(_ worker: Int, to client: RawHTTP, _ ledger: Ledger) async {
        let json = [("Content-Type", "application/json")]
        for step in 0..<1_000_000 {
            let number = worker * 1_000_000 + step
            ledger.entries.withLock { _ = $0.asked.insert(number) }
            guard let answer = try? await client.send("POST", "/api/Entries", json, body: body(number)),
                answer.status != 0, answer.isWhole
            else { return }
            ledger.entries.withLock {
                if answer.status == 200 { $0.written.insert(number) } else { $0.refused[number] = answer.status }
            }
        }
    }

    @Test func noAnsweredWriteIsLostAtTheEnd() async throws {
        let database = try await TestDatabase.named("command_load")
        try await database.run(
            """
            DROP TABLE IF EXISTS entry;
            CREATE TABLE entry (id integer PRIMARY KEY, number integer NOT NULL, text text NOT NULL)
            """)
        let models = try SmallShop.folder(of: ["entry.json": Self.model])
        defer { try? FileManager.default.removeItem(atPath: models) }
        let tool = Tool(environment: ["KINSHIP_DATABASE_URL": database.url, "KINSHIP_MODELS": models])
        let grace = 20
        let running = try tool.start(["serve", "--port", "0", "--access", "open", "--grace", String(grace)])
        try #require(await running.waitForErrors("Ctrl-C ends it"))
        let said = running.errorsSoFar.firstMatch(of: #/http:\/\/127\.0\.0\.1:(\d+)\//#)?.output.1
        let port = try #require(said.flatMap { Int($0) })

        let ledger = Ledger()
        var told = ContinuousClock.now
        await withTaskGroup(of: Void.self) { group in
            for worker in 0..<64 {
                group.addTask { await Self.write(worker, to: RawHTTP(port: port), ledger) }
            }
            let isBusy = await eventually { ledger.entries.withLock { $0.written.count } >= 500 }
            #expect(isBusy)
            told = ContinuousClock.now
            running.send(SIGTERM)
        }
        let outcome = await running.outcome()
        #expect(outcome.status == 143, "\(outcome.errors.suffix(2_000))")
        #expect(ContinuousClock.now - told < .seconds(grace))

        var found: [Int: Int] = [:]
        for row in try await database.run(
            "SELECT number, count(*) FROM entry WHERE text = number::text AND id / 3 = number GROUP BY number")
        {
            let values = row.compactMap { $0.flatMap { Int($0) } }
            if values.count == 2 { found[values[0]] = values[1] }
        }
        let (asked, written, refused) = ledger.entries.withLock { ($0.asked, $0.written, $0.refused) }
        // Clients were cut off in the midst of something, or the server wasn't told in the midst of anything.
        #expect(asked.count > written.count)
        let lost = written.filter { found[$0] != 3 }
        #expect(lost.isEmpty, "\(lost.count) of \(written.count) are lost: \(lost.prefix(5))")
        let halves = found.filter { $0.value != 3 }
        #expect(halves.isEmpty, "\(halves.prefix(5))")
        #expect(Set(found.keys).isSubset(of: asked))
        // What was refused is not there, and nothing was refused as a fault of the server's.
        #expect(refused.keys.allSatisfy { found[$0] == nil }, "\(refused.filter { found[$0.key] != nil })")
        #expect(refused.values.allSatisfy { $0 == 503 }, "\(refused)")
        let rows = try await database.run("SELECT count(*) FROM entry")
        #expect(rows == [[String(found.count * 3)]])
    }
}
#endif

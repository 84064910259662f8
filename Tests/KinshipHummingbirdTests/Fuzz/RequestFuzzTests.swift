// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

#if Hummingbird
import Foundation
import Kinship
import KinshipHummingbird
import KinshipREST
import TestSupport
import Testing

/// Requests that nobody meant, over sockets and without: none of them is the server's fault, none ends it, and none keeps anything.
///
/// `KINSHIP_REQUEST_SEED` and `KINSHIP_REQUEST_COUNT` choose others, and more; a report names the seed and the request.
@Suite(.timeLimit(.minutes(60))) struct RequestFuzzTests {
    private struct Outcome {
        var status: Int
        var finding: String?
    }

    private static func number(_ name: String, _ fallback: Int) -> Int {
        ProcessInfo.processInfo.environment[name].flatMap { Int($0) } ?? fallback
    }

    private static let seed = UInt64(number("KINSHIP_REQUEST_SEED", 1))

    private static func random(_ index: Int) -> SeededRandom { SeededRandom(seed &+ UInt64(index) &* 0x1_0001) }

    @Test func noRequestIsTheServersFault() async throws {
        let count = Self.number("KINSHIP_REQUEST_COUNT", 1_500)
        var statuses: [Int: Int] = [:]
        // Each round has the data as they are at first, so that requests find something.
        for start in stride(from: 0, to: count, by: 500) {
            for outcome in try await Self.round(start..<min(count, start + 500)) {
                statuses[outcome.status, default: 0] += 1
                if let finding = outcome.finding { Issue.record("seed \(Self.seed), \(finding)") }
            }
        }
        #expect(statuses.values.reduce(0, +) == count)
        if count >= 500 {
            // What is tried is neither all nonsense nor all sense.
            #expect(statuses[200, default: 0] > count / 20, "\(statuses)")
            #expect(statuses[404, default: 0] > count / 50 && statuses[400, default: 0] > count / 50, "\(statuses)")
        }
    }

    private static func round(_ indices: Range<Int>) async throws -> [Outcome] {
        var outcomes: [Outcome] = []
        var server = KinshipServer.Options()
        server.idleTime = .seconds(10)
        try await ServedDatabase.run(server: server, own: try NestedSubject.corpus()) {
            $0.graphs = true
            $0.cors = CORSOptions(origins: ["https://app.example"])
        } _: { served in
            let mutator = try RequestMutator(served.service, served.database.schema)
            let workers = 6
            try await withThrowingTaskGroup(of: [Outcome].self) { group in
                for worker in 0..<workers {
                    group.addTask {
                        var found: [Outcome] = []
                        for index in stride(from: indices.lowerBound + worker, to: indices.upperBound, by: workers) {
                            found.append(try await ask(index, mutator, served))
                        }
                        return found
                    }
                }
                for try await found in group { outcomes += found }
            }
            try await expectNothingIsKept(served, "seed \(seed), \(indices)")
        }
        return outcomes
    }

    private static func ask(_ index: Int, _ mutator: RequestMutator, _ served: ServedDatabase) async throws -> Outcome {
        var random = Self.random(index)
        let request = mutator.make(&random)
        var answer: FuzzedAnswer?
        if index.isMultiple(of: 2) { answer = try await FuzzedAnswer(request, to: served.service) }
        let given: FuzzedAnswer
        if let answer { given = answer } else { given = try await FuzzedAnswer(request, to: served.client) }
        return Outcome(
            status: given.status, finding: given.finding(request).map { "request \(index): \(request)\n\($0)" })
    }

    /// Nothing is under way, no connection is lent, and the service answers as ever.
    private static func expectNothingIsKept(_ served: ServedDatabase, _ place: Comment) async throws {
        #expect(await eventually { served.service.requestsInFlight == 0 }, place)
        #expect(await eventually { served.database.pool.status.leased == 0 }, place)
        #expect(served.database.pool.status.waiting == 0, place)
        #expect(await eventually { (try? await served.client.send("GET", "/ready").status) == 200 }, place)
        try await served.made.run("insert into tag (id, label) values (987654, 'still here')")
        let plain = try await served.client.send("GET", "/api/Tags/987654")
        #expect(plain.status == 200 && plain.text == #"{"id":987654,"label":"still here"}"#, "\(place): \(plain.text)")
    }

    /// Where there are as many under way as there may be, further ones are refused at once, and told when to come again.
    @Test func beyondTheLimitsRequestsAreRefused() async throws {
        try await ServedDatabase.run {
            $0.limits.requestsInFlight = 3
        } _: { served in
            let mutator = try RequestMutator(served.service, served.database.schema)
            let held = try await served.database.withTransaction { transaction in
                try await transaction.execute("lock table tag in access exclusive mode")
                let held = (1...3).map { key in Task { try await served.client.send("GET", "/api/Tags/\(key)").status }
                }
                #expect(await eventually { served.service.requestsInFlight == 3 })
                var refused = 0
                for index in 0..<200 {
                    var random = Self.random(index)
                    let request = mutator.make(&random)
                    guard let answer = try await FuzzedAnswer(request, to: served.service) else { continue }
                    if answer.isOverload { refused += 1 }
                    if let finding = answer.finding(request, atLimits: true) {
                        Issue.record("seed \(Self.seed), request \(index): \(request)\n\(finding)")
                    }
                }
                #expect(refused > 50)
                #expect(served.service.requestsInFlight == 3)
                return held
            }
            for task in held { #expect(try await task.value == 200) }
            try await Self.expectNothingIsKept(served, "beyond the limits")
        }
    }
}
#endif

// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

#if Hummingbird
import KinshipHummingbird
import Logging
import TestSupport
import Testing

/// The requests of the corpus that only read, byte for byte over a socket.
@Suite struct RESTSocketCaseTests {
    @Test func requestsAreAnsweredAsExpected() async throws {
        let service = try await RESTCaseService.shared.value
        let (ports, port) = AsyncStream<Int>.makeStream()
        var logger = Logger(label: "test")
        logger.logLevel = .critical
        let server = KinshipServer(service, port: 0, logger: logger) {
            port.yield($0)
            port.finish()
        }
        let running = Task { try await server.run() }
        let client = RawHTTP(port: try #require(await ports.first { _ in true }))
        for example in try RESTCase.reading() {
            let answer = try await client.send(example.method, example.path, example.fields, body: example.body)
            #expect(answer.isWhole || example.method == "HEAD", "\(example.name)")
            let found = RESTAnswer(status: answer.status, fields: answer.fields, body: answer.body)
            if let difference = try found.difference(from: example) { Issue.record("\(example.name): \(difference)") }
        }
        running.cancel()
        _ = try? await running.value
    }
}
#endif

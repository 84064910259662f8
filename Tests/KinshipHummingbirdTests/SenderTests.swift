// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

#if Hummingbird
import KinshipHummingbird
import KinshipREST
import TestSupport
import Testing

/// Bodies that come slowly, broken, or for nobody.
@Suite struct SenderTests {
    /// Who was answered ahead of the end of its body isn't waited for, however slowly the rest comes.
    @Test(arguments: [
        ("POST", "/api/Nothing", 404), ("GET", "/api/Tags/1", 200), ("POST", "/api/Tags", 413),
        ("POST", "/nowhere", 404),
    ])
    func slowSendersKeepNoConnections(method: String, path: String, status: Int) async throws {
        try await ServedDatabase.run { served in
            try await served.client.withConnection { connection in
                connection.send(
                    "\(method) \(path) HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
                        + "Content-Length: 1000000\r\n\r\n")
                let sender = Task {
                    while !Task.isCancelled {
                        connection.send(" ")
                        try? await Task.sleep(for: .milliseconds(100))
                    }
                }
                let begun = ContinuousClock.now
                let answer = try await connection.answer()
                sender.cancel()
                _ = await sender.value
                #expect(answer.status == status && answer.fields["connection"] == ["close"])
                #expect(ContinuousClock.now - begun < .seconds(30))
            }
        }
    }

    /// A short body that nobody asked for ends no connection, as long as it comes.
    @Test func shortBodiesEndNoConnection() async throws {
        try await ServedDatabase.run { served in
            let text = try await served.client.withConnection { connection in
                for head in ["DELETE /api/Tags/20", "GET /api/Tags/1", "POST /nowhere"] {
                    connection.send("\(head) HTTP/1.1\r\nHost: localhost\r\nContent-Length: 2\r\n\r\n{}")
                }
                connection.send("GET /health HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
                return try await connection.text()
            }
            let statuses = text.matches(of: #/HTTP/1.1 (\d+)/#).map { String($0.1) }
            #expect(statuses == ["200", "200", "404", "200"], "\(text)")
            // One that doesn't come does.
            try await served.client.withConnection { connection in
                connection.send("POST /nowhere HTTP/1.1\r\nHost: localhost\r\nContent-Length: 20\r\n\r\n{")
                let begun = ContinuousClock.now
                _ = try await connection.text()
                #expect(ContinuousClock.now - begun < .seconds(30))
            }
        }
    }

    /// Bodies that can't be read to their end are the client's fault, and change nothing.
    @Test(arguments: [
        "Transfer-Encoding: chunked\r\n\r\nzz\r\n{}\r\n0\r\n\r\n",
        "Transfer-Encoding: chunked\r\n\r\n2\r\n{}\r\nhello\r\n",
        "Transfer-Encoding: chunked\r\n\r\n-1\r\n{}\r\n0\r\n\r\n",
    ])
    func brokenBodiesAreRefused(rest: String) async throws {
        try await ServedDatabase.run { served in
            let before = try await served.contents()
            try await served.client.withConnection { connection in
                connection.send(
                    "POST /api/Tags HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n" + rest)
                let answer = try await connection.answer()
                #expect(answer.status == 400, "\(answer.text)")
            }
            #expect(try await served.contents() == before)
            #expect(try await served.client.send("GET", "/health").status == 200)
        }
    }
}
#endif

// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Libpq
import TestSupport
import Testing

/// libpq goes through all settings that a server has reported for each further one. Whoever reports thousands is left, before all
/// connections of its thread have to wait for that.
@Suite(.timeLimit(.minutes(2))) struct SettingFloodTests {
    enum Moment: CaseIterable, Sendable {
        case idle, inAnswer, inCopy
    }

    /// Reports settings, each another one, until the client goes away.
    private static func flood(_ session: FakeSession) throws {
        for round in 0... {
            try session.send((0..<500).map { .parameterStatus("z\(round * 500 + $0)", "") })
        }
    }

    @Test(arguments: Moment.allCases) func aFloodOfSettingsEndsTheConnection(_ moment: Moment) async throws {
        let server = try FakeServer { session in
            try session.accept()
            switch moment {
            case .idle: break
            case .inAnswer: try session.receive(until: "S")
            case .inCopy:
                try session.receive(until: "Q")
                try session.send(.message("H", [0, 0, 0]))
            }
            try Self.flood(session)
        }
        let connection = try await ConnectionFixture.connect(url: server.url)
        let error = try await expect(.connectionLost) {
            switch moment {
            case .idle:
                #expect(await eventually { connection.isClosed })
                try await connection.run("select 1")
            case .inAnswer: try await connection.run("select 1")
            case .inCopy: for try await _ in connection.copyOut("copy x to stdout") {}
            }
        }
        #expect(error.message.contains("thousands of different settings"), "\(error)")
        #expect(connection.isClosed)
        #expect(await eventually { server.open == 0 })
    }

    @Test func aServerThatIsBeingConnectedToCanDoItNoMore() async throws {
        let server = try FakeServer { session in
            _ = try session.open()
            try session.send(.authenticationOk)
            try Self.flood(session)
        }
        let error = try await expect(.connectFailed) { _ = try await ConnectionFixture.connect(url: server.url) }
        #expect(error.message.contains("thousands of different settings"), "\(error)")
        #expect(await eventually { server.open == 0 })
    }

    /// Many messages are no flood: one setting that changes often, a few hundred, notices.
    @Test func whatAServerMaySayIsTaken() async throws {
        let server = try FakeServer { session in
            try session.accept()
            try session.receive(until: "S")
            for _ in 0..<20 {
                try session.send((0..<1_000).map { .parameterStatus("application_name", "\($0)") })
                try session.send((0..<300).map { .parameterStatus("extension.setting\($0)", "on") })
                try session.send((0..<500).map { .notice("\($0)") })
            }
            try session.send(.parseComplete, .bindComplete, .rowDescription([("a", 25)]), .commandComplete("SELECT 0"))
            try session.send(.readyForQuery())
            try session.serve()
        }
        let connection = try await ConnectionFixture.connect(url: server.url)
        #expect(try await connection.run("select 1").count == 0)
        #expect(connection.parameter("application_name") == "999")
        #expect(connection.parameter("extension.setting299") == "on")
        connection.close()
    }
}

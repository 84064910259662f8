// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import TestSupport
import Testing

@testable import Libpq

/// Several hosts, and several addresses of one: each gets its share of the time.
@Suite struct ConnectionHostsTests {
    /// What may be wrong with the first host.
    enum First: CaseIterable, Sendable {
        case accepting, silent, slowlyStarting, endingAtOnce, readOnly, computing
    }

    private func fake(_ first: First) throws -> FakeServer {
        try FakeServer { session in
            switch first {
            case .accepting, .silent: session.waitForEnd()
            case .slowlyStarting:
                _ = try session.open()
                BlockingPause.milliseconds(150)
                try session.send(.error("57P03", "the database system is starting up", severity: "FATAL"))
            case .endingAtOnce: break
            case .readOnly:
                try session.accept(parameters: ["in_hot_standby": "on", "default_transaction_read_only": "on"])
                session.waitForEnd()
            // For longer than its share of the time.
            case .computing: try session.challenge(iterations: ScramPace.iterations(lasting: 4))
            }
        }
    }

    private func url(_ ports: [Int], _ query: String = "") -> String {
        let hosts = ports.map { "127.0.0.1:\($0)" }.joined(separator: ",")
        return "postgres://fake:words@\(hosts)/fake?sslmode=disable&gssencmode=disable\(query)"
    }

    private func good() throws -> FakeServer {
        try FakeServer { session in
            try session.accept(parameters: ["in_hot_standby": "off", "default_transaction_read_only": "off"])
            try session.serve()
        }
    }

    @Test(arguments: First.allCases)
    func `A first host that gives no connection leaves time for the second`(_ first: First) async throws {
        let (bad, second) = (try fake(first), try good())
        let silent = first == .silent ? try SilentPort() : nil
        let connection = try await ConnectionFixture.connect(
            url: url([silent?.port ?? bad.port, second.port], "&target_session_attrs=read-write")
        ) { $0.connectTimeout = .seconds(4) }
        #expect(second.accepted == 1)
        connection.close()
        // Nothing of the first one is left, also when libpq still computes for it: with what time nobody else wants.
        #expect(await eventually(within: .seconds(240)) { bad.open == 0 && second.open == 0 })
    }

    @Test func `A host that refuses the password, or has no such database, has the last word`() async throws {
        for (state, code) in [("28P01", PostgresError.Code.authenticationFailed), ("3D000", .connectFailed)] {
            let second = try good()
            let refusing = try FakeServer { session in
                _ = try session.open()
                try session.send(.error(state, "no", severity: "FATAL"))
            }
            try await expect(code, sqlState: state) {
                _ = try await ConnectionFixture.connect(url: url([refusing.port, second.port]))
            }
            #expect(refusing.accepted == 1 && second.accepted == 0)
        }
    }

    @Test func `When all are silent the error comes with the deadline, and names them all`() async throws {
        let servers = [try fake(.accepting), try fake(.accepting), try fake(.accepting)]
        let clock = ContinuousClock()
        let begun = clock.now
        let error = try await expect(.connectTimeout) {
            _ = try await ConnectionFixture.connect(url: url(servers.map(\.port))) {
                $0.connectTimeout = .milliseconds(600)
            }
        }
        #expect(clock.now - begun >= .milliseconds(550))
        for server in servers { #expect(server.accepted == 1 && error.message.contains("port \(server.port)")) }
        #expect(await eventually { servers.allSatisfy { $0.open == 0 } })
    }

    @Test func `What a starting server says is told before a refused connection`() async throws {
        let (starting, gone) = (try fake(.slowlyStarting), try good())
        gone.close()
        for ports in [[starting.port, gone.port], [gone.port, starting.port]] {
            let error = try await expect(.connectFailed, sqlState: "57P03") {
                _ = try await ConnectionFixture.connect(url: url(ports))
            }
            #expect(error.message.contains("Connection refused"))
        }
    }

    @Test func `Without a standby any server will do, else the standby`() async throws {
        let (primary, standby) = (try good(), try fake(.readOnly))
        func connect(_ ports: [Int]) async throws {
            try await ConnectionFixture.connect(url: url(ports, "&target_session_attrs=prefer-standby")).close()
        }
        try await connect([primary.port, standby.port])
        #expect(primary.accepted == 1 && standby.accepted == 1)
        standby.close()
        try await connect([primary.port, standby.port])
        #expect(primary.accepted == 3)
    }

    @Test func `With load balancing the hosts come in any order`() async throws {
        let servers = [try good(), try good()]
        for _ in 0..<40 {
            try await ConnectionFixture.connect(url: url(servers.map(\.port), "&load_balance_hosts=random")).close()
        }
        #expect(servers.allSatisfy { $0.accepted > 0 } && servers.map(\.accepted).reduce(0, +) == 40)
        #expect(throws: PostgresError.self) {
            try ConnectionConfiguration(url: url([1], "&load_balance_hosts=sometimes"), environment: [:])
        }
    }

    #if os(Linux)
    @Test func `One address of a name that is a black hole leaves time for the next`() async throws {
        let server = try good()
        let silent = try SilentPort(host: 2, port: server.port)
        let connection = try await ConnectionFixture.connect(
            url: "postgres://fake@db.example:\(silent.port)/fake?sslmode=disable&gssencmode=disable"
        ) {
            $0.connectTimeout = .seconds(3)
            $0.resolver = NameResolver { _ in .success(["127.0.0.2", "127.0.0.1"]) }
        }
        #expect(server.accepted == 1)
        connection.close()
    }
    #endif

    @Test func `Hosts, addresses and ports are paired as libpq does`() throws {
        let stops = try ConnectRoute.stops(host: "a,b", address: "10.0.0.1,", port: "1,")
        #expect(stops.map(\.port) == ["1", "5432"])
        #expect(stops.map(\.isLookedUp) == [false, true])
        #expect(try ConnectRoute.stops(host: nil, address: nil, port: "7") == [.init(name: "", address: "", port: "7")])
        for name in ["127.0.0.1", "::1", "/tmp", "@abstract", ""] {
            #expect(!ConnectRoute.Stop(name: name, address: "", port: "1").isLookedUp)
        }
        #expect(throws: PostgresError.self) { try ConnectRoute.stops(host: "a,b", address: "10.0.0.1", port: nil) }
        #expect(throws: PostgresError.self) { try ConnectRoute.stops(host: "a", address: nil, port: "1,2") }
    }
}

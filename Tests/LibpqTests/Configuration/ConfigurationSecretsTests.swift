// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import EmbeddedPostgres
import TestSupport
import Testing

@testable import Libpq

/// Passwords that got into the wrong place are not repeated, by nobody.
@Suite struct ConfigurationSecretsTests {
    @Test(arguments: [
        "postgres://u@h/d&password=hunter2", "postgres://u@h/d?pasword=hunter2",
        "postgres://u@h/d%26password%3Dhunter2",
        "postgres://u@h/d?sslmode=require%26password%3Dhunter2",
        "postgres://u@h/d?connect_timeout=5%20password%3Dhunter2",
        "postgres://u@h/d?client_encoding=UTF8%20pwd%3Dhunter2", "postgres://u:p@x?hunter2=y@h/d",
        "postgres://u:p@ss/hunter2@h/d", "postgres://u:hunter2",
        "postgres://u@h?hostaddr=10.0.0.1%20password%3Dhunter2",
        "postgres://u@h?sslrootcert=postgres%3A%2F%2Fu%3Ahunter2%40h", "postgres://u@h?passfile=password%3Dhunter2",
        "postgres://u@h/d?pass%77ord", "postgres://u@h/d?keepalives=password%3Dhunter2",
    ])
    func `A URL that is wrong doesn't give it away`(_ url: String) throws {
        let error = try #require(
            #expect(throws: PostgresError.self) { try ConnectionConfiguration(url: url, environment: [:]) })
        #expect(error.code == .invalidConfiguration)
        #expect(!error.debugDescription.contains("hunter2"), "\(error)")
    }

    @Test func `An encoded key is a key`() throws {
        let configuration = try ConnectionConfiguration(url: "postgres://u@h/d?pass%77ord=hunter2", environment: [:])
        #expect(configuration.password == Password("hunter2") && !"\(configuration)".contains("hunter2"))
    }

    @Test func `Lines of a service file are told by their number`() throws {
        for line in ["hunter2", "password hunter2", "password hunter2=x", "hunter2=", "pasword=hunter2"] {
            let error = try #require(
                #expect(throws: PostgresError.self) {
                    try ServiceFile.parse("[s]\nhost=h\n\(line)", file: "f", service: "s")
                })
            #expect(error.message.contains("line 3 of f") && !error.message.contains("hunter2"), "\(error)")
        }
    }

    @Test(arguments: [
        "PGHOST", "PGHOSTADDR", "PGPORT", "PGDATABASE", "PGUSER", "PGSSLMODE", "PGCONNECT_TIMEOUT", "PGSSLROOTCERT",
    ])
    func `Variables are told by their name`(_ variable: String) throws {
        let error = try #require(
            #expect(throws: PostgresError.self) {
                try ConnectionConfiguration(environment: [variable: "x password=hunter2"])
            })
        #expect(error.message.contains(variable) && !error.message.contains("hunter2"), "\(error)")
    }

    @Test func `Properties set by a program are looked at too`() throws {
        let address = "postgres://u:hunter2@h/d"
        var configurations = [ConnectionConfiguration(hosts: [Host(address)])]
        configurations.append(ConnectionConfiguration(hosts: [Host("h")], user: address))
        configurations.append(ConnectionConfiguration(hosts: [Host("h")], database: address))
        for configuration in configurations {
            #expect(!"\(configuration)".contains("hunter2"), "\(configuration)")
            let error = #expect(throws: PostgresError.self) { try configuration.keywords() }
            #expect(error?.code == .invalidConfiguration && error?.message.contains("hunter2") == false)
        }
    }

    @Test func `NUL and control characters are refused or escaped`() async throws {
        var nul = ConnectionConfiguration(hosts: [Host("127.0.0.1\0evil", port: 1)])
        #expect(throws: PostgresError.self) { try nul.keywords() }
        nul = ConnectionConfiguration(hosts: [Host("127.0.0.1")], user: "u", password: Password("a\0b"))
        #expect(throws: PostgresError.self) { try nul.keywords() }
        let error = try await expect(.connectFailed) {
            _ = try await Connection.connect(
                ConnectionConfiguration(hosts: [Host("a\u{1B}[2J\nb.invalid")]), logger: ConnectionFixture.logger)
        }
        #expect(!error.message.unicodeScalars.contains { $0.value < 32 })
    }

    @Test func `Neither libpq's words nor the server's bring it back`() async throws {
        let server = try await ConnectionTestServer.shared.server()
        let url = try #require(server.tcpURL())
        // libpq doesn't read a name as more keywords, and the server's complaint about options is masked.
        let named = try await expect(.connectFailed, sqlState: "3D000") {
            _ = try await ConnectionFixture.connect(url: url) { $0.database = "host=elsewhere dbname=postgres" }
        }
        #expect(named.message.contains("host=elsewhere"))
        let options = await #expect(throws: PostgresError.self) {
            _ = try await ConnectionFixture.connect(url: url) { $0.parameters["options"] = "password=hunter2" }
        }
        #expect(options?.debugDescription.contains("hunter2") == false, "\(String(describing: options))")
        let echoing = try FakeServer { session in
            _ = try session.open()
            try session.send(.error("XX000", "you said hunter2", severity: "FATAL", fields: ["D": "hunter2, really"]))
        }
        let echoed = await #expect(throws: PostgresError.self) {
            _ = try await ConnectionFixture.connect(url: echoing.url) { $0.password = "hunter2" }
        }
        #expect(echoed?.debugDescription.contains("hunter2") == false)
    }
}

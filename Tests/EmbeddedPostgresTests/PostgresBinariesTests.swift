// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Foundation
import Testing

@testable import EmbeddedPostgres

@Suite struct PostgresBinariesTests {
    @Test("PG_BIN that leads nowhere is an error that says so")
    func wrongVariable() async throws {
        var options = EmbeddedServerOptions()
        options.environment["PG_BIN"] = "/nowhere"
        let error = await #expect(throws: EmbeddedPostgresError.self) { try await EmbeddedServer.start(options) }
        #expect(error?.code == .binariesNotFound)
        #expect(error?.message.contains("PG_BIN is /nowhere") == true)
    }

    @Test("Without PostgreSQL the error names the package to install")
    func nowhere() throws {
        let error = #expect(throws: EmbeddedPostgresError.self) {
            try PostgresBinaries.find(environment: ["PATH": "/nonexistent"], families: [])
        }
        #expect(error?.code == .binariesNotFound)
        #expect(error?.message.contains("install postgresql") == true)
    }

    @Test("The newest version wins, by number and not by spelling; incomplete ones are passed over")
    func newest() throws {
        let place = try TestDirectory()
        for version in ["9.6", "15", "16", "17"] {
            let bin = place.path + "/\(version)/bin"
            try FileManager.default.createDirectory(atPath: bin, withIntermediateDirectories: true)
            for program in ["postgres", "initdb"] where version != "17" || program == "initdb" {
                try Data().write(to: URL(fileURLWithPath: bin + "/" + program))
                chmod(bin + "/" + program, 0o755)
            }
        }
        let family = PostgresBinaries.Family(parent: place.path, prefix: "", suffix: "/bin")
        #expect(try PostgresBinaries.find(environment: [:], families: [family]).directory == place.path + "/16/bin")
        let path = ["PATH": "relative:\(place.path)/9.6/bin:/bin"]
        #expect(try PostgresBinaries.find(environment: path, families: []).directory == place.path + "/9.6/bin")
        let given = ["PG_BIN": place.path + "/15/bin"]
        #expect(try PostgresBinaries.find(environment: given, families: [family]).directory == place.path + "/15/bin")
    }

    @Test("Root without an ordinary user, or without a way to become one, is refused with a remedy")
    func root() throws {
        var error = #expect(throws: EmbeddedPostgresError.self) {
            try Privileges.dropped(users: ["no-such-user"], tools: Privileges.Tool.all)
        }
        #expect(error?.code == .rootRefused)
        #expect(error?.message.contains("useradd") == true)
        error = #expect(throws: EmbeddedPostgresError.self) {
            try Privileges.dropped(users: ["nobody"], tools: [])
        }
        #expect(error?.message.contains("util-linux") == true)
    }
}

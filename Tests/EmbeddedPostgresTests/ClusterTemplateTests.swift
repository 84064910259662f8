// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Foundation
import TestSupport
import Testing

@testable import EmbeddedPostgres

@Suite struct ClusterTemplateTests {
    @Test("Several first starts at once make one template")
    func concurrentFirstStarts() async throws {
        let cache = try TestDirectory()
        var options = EmbeddedServerOptions()
        options.cacheDirectory = cache.path + "/kinship"
        let servers = try await withThrowingTaskGroup(of: EmbeddedServer.self) { [options] group in
            for _ in 0..<3 { group.addTask { try await EmbeddedServer.start(options) } }
            return try await group.reduce(into: []) { $0.append($1) }
        }
        #expect(Set(servers.map(\.directory)).count == 3)
        for server in servers {
            #expect(try await server.run("SELECT 1") == [["1"]])
            await server.stop()
        }
        let made = try FileManager.default.contentsOfDirectory(atPath: cache.path + "/kinship").sorted()
        #expect(made.count == 2)
        #expect(made.first == "lock")
        #expect(made.last?.hasPrefix("template-") == true)
    }

    @Test("initdb's arguments have a template of their own, and its refusal is told")
    func arguments() async throws {
        let cache = try TestDirectory()
        var options = EmbeddedServerOptions()
        options.cacheDirectory = cache.path + "/kinship"
        options.initdbArguments = ["--no-such-option"]
        let error = await #expect(throws: EmbeddedPostgresError.self) { try await EmbeddedServer.start(options) }
        #expect(error?.code == .initializationFailed)
        #expect(error?.log.contains("no-such-option") == true)
        options.initdbArguments = ["--wal-segsize=4"]
        let server = try await EmbeddedServer.start(options)
        #expect(try await server.run("SHOW wal_segment_size") == [["4MB"]])
        await server.stop()
    }

    @Test("A cache directory of somebody else is refused")
    func foreignCache() throws {
        let place = try TestDirectory()
        let link = place.path + "/link"
        try FileManager.default.createSymbolicLink(atPath: link, withDestinationPath: place.path)
        guard geteuid() == 0 else { return }
        lchown(link, 65_534, 65_534)
        let error = #expect(throws: EmbeddedPostgresError.self) { try makePrivateDirectory(link) }
        #expect(error?.code == .fileSystem)
    }
}

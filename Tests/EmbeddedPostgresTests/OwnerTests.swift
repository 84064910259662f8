// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Foundation
import TestSupport
import Testing

@testable import EmbeddedPostgres

/// A server goes with its owner, however that ends.
@Suite struct OwnerTests {
    // Not as exit tests: waiting for those blocks a thread of the cooperative pool each, which has two on a small machine.

    @Test("An owner killed with SIGKILL takes its server and directory along")
    func killedOwner() async throws {
        let place = try TestDirectory()
        let owner = try start(note: place.path + "/note", then: "wait")
        let (server, directory) = try await note(at: place.path + "/note")
        kill(owner.processIdentifier, SIGKILL)
        #expect(await happens { kill(server, 0) != 0 })
        #expect(await happens { access(directory, F_OK) != 0 })
        #expect(await happens { !owner.isRunning })
    }

    @Test("An owner that exits without a word takes its server along")
    func exitingOwner() async throws {
        let place = try TestDirectory()
        let owner = try start(note: place.path + "/note", then: "exit")
        let (server, directory) = try await note(at: place.path + "/note")
        #expect(await happens { kill(server, 0) != 0 })
        #expect(await happens { access(directory, F_OK) != 0 })
        #expect(await happens { !owner.isRunning })
        #expect(owner.terminationStatus == 7)
    }

    @Test("The last reference's end is the server's")
    func lastReference() async throws {
        var server: EmbeddedServer? = try await EmbeddedServer.start()
        let directory = try #require(server?.directory)
        let process = try #require(server?.processID)
        server = nil
        #expect(await happens { access(directory, F_OK) != 0 })
        #expect(kill(process, 0) != 0)
    }

    @Test("A server keeps nothing open that its owner has")
    func nothingInherited() async throws {
        // Inheritable, as those of most programs are.
        let pipe = Pipe()
        for end in [pipe.fileHandleForReading, pipe.fileHandleForWriting] {
            #expect(fcntl(end.fileDescriptor, F_SETFD, 0) == 0)
        }
        let server = try await EmbeddedServer.start()
        try pipe.fileHandleForWriting.close()
        // The end of the pipe is there as soon as nobody can write to it any more.
        var request = pollfd(fd: pipe.fileHandleForReading.fileDescriptor, events: Int16(POLLIN), revents: 0)
        #expect(poll(&request, 1, 0) == 1)
        #expect(request.revents & Int16(POLLHUP) != 0)
        await server.stop()
    }

    @Test("A cancelled start leaves nothing", arguments: [0, 20, 60, 120])
    func cancelledStart(milliseconds: Int) async throws {
        let place = try TestDirectory()
        var options = EmbeddedServerOptions()
        // As root the server's directory is in /tmp, whatever this says.
        options.environment["TMPDIR"] = place.path
        let before = try directories(in: place.path)
        let task = Task { [options] in try await EmbeddedServer.start(options) }
        try await Task.sleep(for: .milliseconds(milliseconds))
        task.cancel()
        if case .success(let server) = await task.result { await server.stop() }
        if geteuid() != 0 { #expect(try directories(in: place.path) == before) }
    }

    @Test("A supervisor told to end by the system stops the server first")
    func terminatedSupervisor() async throws {
        let base = try makeTemporaryDirectory(environment: [:])
        let supervisor = try Supervisor(
            base: base, script: "job() { run sleep 1000; }",
            variables: ["signal": "TERM", "patience": "5"], command: [], environment: [:])
        #expect(await happens { supervisor.processID != nil })
        let process = try #require(supervisor.processID)
        kill(supervisor.shellID, SIGTERM)
        #expect(await happens { access(base, F_OK) != 0 })
        #expect(kill(process, 0) != 0)
        await supervisor.end()
    }

    @Test("A supervisor that was killed leaves its work to the owner")
    func killedSupervisor() async throws {
        let base = try makeTemporaryDirectory(environment: [:])
        let supervisor = try Supervisor(
            base: base, script: "job() { run sleep 1000; }", variables: ["signal": "TERM", "patience": "5"],
            command: [],
            environment: [:])
        #expect(await happens { supervisor.processID != nil })
        let process = try #require(supervisor.processID)
        kill(supervisor.shellID, SIGKILL)
        async let first: Void = supervisor.end()
        async let second: Void = supervisor.end()
        _ = await (first, second)
        #expect(access(base, F_OK) != 0)
        #expect(kill(process, 0) != 0)
    }

    @Test("A job that ignores its signal is killed when patience is over")
    func stubbornJob() async throws {
        let base = try makeTemporaryDirectory(environment: [:])
        let supervisor = try Supervisor(
            base: base,
            script: #"job() { run /bin/sh -c 'trap "" TERM; while :; do sleep 0.05; done'; }"#,
            variables: ["signal": "TERM", "patience": "1"], command: [], environment: [:])
        #expect(await happens { supervisor.processID != nil })
        let process = try #require(supervisor.processID)
        await supervisor.end()
        #expect(access(base, F_OK) != 0)
        #expect(kill(process, 0) != 0)
    }

    private func start(note: String, then end: String) throws -> Process {
        let process = Process()
        process.executableURL = BuiltProducts.executable("EmbeddedOwner")
        process.arguments = [note, end]
        try process.run()
        return process
    }

    private func note(at path: String) async throws -> (server: pid_t, directory: String) {
        #expect(await happens { access(path, F_OK) == 0 })
        let lines = try String(contentsOfFile: path, encoding: .utf8).split(separator: "\n")
        return (try #require(pid_t(lines[0])), String(lines[1]))
    }

    private func directories(in path: String) throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: path).sorted()
    }

    /// Whether something happens within a time that is long enough for a loaded machine.
    private func happens(_ condition: () -> Bool) async -> Bool {
        for _ in 0..<3000 {
            if condition() { return true }
            try? await Task.sleep(for: .milliseconds(10))
        }
        return false
    }
}

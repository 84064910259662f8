// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import EmbeddedPostgres
import Foundation
import Libpq
import TestSupport
import Testing

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

/// What connections do to the process they are in.
@Suite(.timeLimit(.minutes(2))) struct ProcessResourceTests {
    /// A server that goes away while something is on its way to it must not end this process with SIGPIPE.
    @Test(arguments: [0, 1 << 20, 8 << 20]) func aServerThatClosesWhileWeWrite(_ size: Int) async throws {
        let server = try FakeServer { session in
            try session.accept()
            if size > 0 { _ = try session.receive() }
        }
        var parameters = Parameters()
        parameters.append(.text) { $0 += [UInt8](repeating: UInt8(ascii: "x"), count: size) }
        for _ in 0..<5 {
            let connection = try await ConnectionFixture.connect(url: server.url)
            for _ in 0..<3 {
                try await expect(.connectionLost) { try await connection.execute(Statement("select $1", parameters)) }
            }
            #expect(connection.isClosed)
        }
        server.close()
    }

    #if os(Linux)
    /// A program that is started by this process inherits no connection.
    @Test func noChildInheritsASocket() async throws {
        let server = try FakeServer { session in
            try session.accept()
            try session.serve()
        }
        let one = try await ConnectionFixture.connect(url: server.url)
        let other = try await ConnectionFixture.connect(url: server.url, source: DispatchReadiness())
        for connection in [one, other] { try await connection.run("select 1") }
        let flags = Self.flags(port: server.port)
        // Each with the duplicate that Dispatch watches.
        #expect(flags.count >= 3)
        #expect(flags.allSatisfy { $0 & FD_CLOEXEC != 0 })
        one.close()
        other.close()
        #expect(await eventually { Self.flags(port: server.port).isEmpty })
        server.close()
    }

    /// The flags of this process's descriptors that are connected to a port of 127.0.0.1.
    private static func flags(port: Int) -> [Int32] {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd")) ?? []
        return names.compactMap { Int32($0) }.compactMap { descriptor in
            var address = sockaddr_in()
            var length = socklen_t(MemoryLayout<sockaddr_in>.size)
            let found = withUnsafeMutablePointer(to: &address) { pointer in
                pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { getpeername(descriptor, $0, &length) == 0 }
            }
            guard found, address.sin_family == sa_family_t(AF_INET), Int(UInt16(bigEndian: address.sin_port)) == port
            else {
                return nil
            }
            return fcntl(descriptor, F_GETFD)
        }
    }
    #endif

    /// Descriptors that run out are an error of the connection, and the pool goes on when there are some again.
    @Test(arguments: ["descriptors", "threads"]) func aProcessWithoutRoom(_ what: String) async throws {
        try await expectOK(what, try await TestDatabase.named("resources").url)
    }

    /// Connections take no descriptor that Dispatch may need to go on, so that this process is never ended.
    @Test func aPoolLeavesDescriptorsToOthers() async throws {
        for _ in 0..<3 { try await expectOK("own", try await TestDatabase.named("resources").url) }
    }

    #if os(Linux)
    /// Threads that can't be had are errors of those who need one, or waited for where nobody else has to wait.
    @Test func aProcessWithoutThreads() async throws {
        let url = try await TestDatabase.named("resources").url
        for _ in 0..<3 {
            let (text, isKilled) = try await run("nothreads", url)
            #expect(!isKilled)
            if text == "ok\n" { return }
            // A thread on which tasks run had gone, and Dispatch keeps whoever wants another one until there is one.
            #expect(text == "ok delayed\n", "\(text)")
        }
        Issue.record("delayed each time")
    }
    #endif

    /// Hundreds of connections that are closed at once take a few threads.
    @Test func manyConnectionsThatClose() async throws {
        let server = try await PrivateServer.start(settings: ["max_connections": "320"])
        try await expectOK("closing", server.url(database: "postgres"))
        await server.stop()
    }

    private func expectOK(_ what: String, _ url: String) async throws {
        // Dispatch on Linux looks at its threads in /proc now and then, and ends the process when it can't open a file there: in
        // one of fifty runs without descriptors. That is no answer of ours.
        for _ in 0..<5 {
            let (text, isKilled) = try await run(what, url)
            if isKilled, what == "descriptors" { continue }
            #expect(text == "ok\n", "\(text)")
            return
        }
        Issue.record("killed each time")
    }

    private func run(_ what: String, _ url: String) async throws -> (text: String, isKilled: Bool) {
        let process = Process()
        process.executableURL = BuiltProducts.executable("LimitedReader")
        process.arguments = [url, "resources", what]
        let output = Pipe()
        process.standardOutput = output
        let (ends, ended) = AsyncStream.makeStream(of: Bool.self)
        process.terminationHandler = { process in
            ended.yield(process.terminationReason == .uncaughtSignal && process.terminationStatus == SIGILL)
            ended.finish()
        }
        try process.run()
        let reading = output.fileHandleForReading
        let text = await withCheckedContinuation { continuation in
            DispatchQueue(label: "kinship.tests.reading").async {
                continuation.resume(returning: String(decoding: reading.readDataToEndOfFile(), as: UTF8.self))
            }
        }
        for await isKilled in ends { return (text, isKilled) }
        return (text, false)
    }
}

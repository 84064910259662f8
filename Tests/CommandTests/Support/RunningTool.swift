// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Foundation
import Synchronization

#if canImport(Darwin)
import Darwin
#elseif canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

/// A `kinship` that runs.
final class RunningTool: Sendable {
    private let process: Process
    private let input = Pipe.private()
    private let output: Reader?
    private let errors: Reader?
    private let exit: Task<Int32, Never>

    /// Starts an executable; its output goes to `output`, else it is collected; it reads `keyboard`, else what is written here.
    ///
    /// - Parameter limit: it is ended after so long. Nothing a command does takes as long as it is by default.
    init(
        _ executable: String, _ arguments: [String], environment: [String: String], directory: String,
        output given: FileHandle?, input keyboard: FileHandle? = nil, errors givenErrors: FileHandle? = nil,
        limit: Duration = .seconds(90)
    ) throws {
        process = Process()
        process.executableURL = URL(fileURLWithPath: executable)
        process.arguments = arguments
        process.environment = environment
        process.currentDirectoryURL = URL(fileURLWithPath: directory)
        if let keyboard { process.standardInput = keyboard } else { process.standardInput = input }
        let outputPipe = Pipe.private()
        let errorPipe = Pipe.private()
        if let given { process.standardOutput = given } else { process.standardOutput = outputPipe }
        if let givenErrors { process.standardError = givenErrors } else { process.standardError = errorPipe }
        let (ends, ended) = AsyncStream.makeStream(of: Int32.self)
        process.terminationHandler = { process in
            ended.yield(process.terminationReason == .exit ? process.terminationStatus : -process.terminationStatus)
            ended.finish()
        }
        // A program that has ended no longer reads: its EPIPE is no reason for the tests to die.
        Self.ignoreSIGPIPE()
        try process.run()
        output = given == nil ? Reader(outputPipe.fileHandleForReading) : nil
        errors = givenErrors == nil ? Reader(errorPipe.fileHandleForReading) : nil
        let (process, input) = (process, input)
        exit = Task {
            defer { try? input.fileHandleForWriting.close() }
            // One that hangs fails its test instead of all of them.
            let watch = Task {
                try await Task.sleep(for: limit)
                kill(process.processIdentifier, SIGKILL)
            }
            defer { watch.cancel() }
            for await status in ends { return status }
            return -1
        }
    }

    private static func ignoreSIGPIPE() {
        #if canImport(Darwin)
        _ = Darwin.signal(SIGPIPE, SIG_IGN)
        #elseif canImport(Glibc)
        _ = Glibc.signal(SIGPIPE, SIG_IGN)
        #else
        _ = Musl.signal(SIGPIPE, SIG_IGN)
        #endif
    }

    /// Writes to its standard input.
    func write(_ text: String) { try? input.fileHandleForWriting.write(contentsOf: Data(text.utf8)) }

    /// Ends its standard input.
    func closeInput() { try? input.fileHandleForWriting.close() }

    /// Sends it a signal.
    func send(_ number: Int32) { kill(process.processIdentifier, number) }

    /// What it has said so far.
    var outputSoFar: String { output?.text ?? "" }

    /// The same of its standard error.
    var errorsSoFar: String { errors?.text ?? "" }

    /// Waits until its output holds a text; false when it ended, or said nothing for half a minute.
    func waitForOutput(_ text: String) async -> Bool { await Self.wait(for: text, in: output) }

    /// The same for its standard error.
    func waitForErrors(_ text: String) async -> Bool { await Self.wait(for: text, in: errors) }

    private static func wait(for text: String, in reader: Reader?) async -> Bool {
        for _ in 0..<3_000 {
            if reader?.text.contains(text) == true { return true }
            if reader?.isAtEnd == true { return false }
            try? await Task.sleep(for: .milliseconds(10))
        }
        return false
    }

    /// Waits until it has a process of its own with a private folder, an embedded server's supervisor, and gives the
    /// folder; nil when it ended without.
    ///
    /// Looked for on a thread of its own, and `signal` sent from there: tasks can wait longer for their turn beside busy
    /// tests than a command lives.
    func embeddedServerFolder(thenSending signal: Int32? = nil) async -> String? {
        await withCheckedContinuation { continuation in
            Thread.detachNewThread { [self] in
                while output?.isAtEnd == false {
                    for arguments in Self.arguments(ofChildrenOf: process.processIdentifier) {
                        guard let match = arguments.firstMatch(of: #/(/\S*/kinship-\w+)(?:/|\s|$)/#) else { continue }
                        if let signal { send(signal) }
                        return continuation.resume(returning: String(match.output.1))
                    }
                    Thread.sleep(forTimeInterval: 0.005)
                }
                continuation.resume(returning: nil)
            }
        }
    }

    /// The command lines of a process's children; empty where they can't be looked up.
    private static func arguments(ofChildrenOf parent: Int32) -> [String] {
        // Not `ps`: slim images lack it.
        let processes = (try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? []
        return processes.filter { $0.allSatisfy(\.isNumber) }.compactMap { id in
            // `pid (name) state ppid …`; the name may hold spaces and brackets.
            guard let status = try? String(contentsOfFile: "/proc/\(id)/stat", encoding: .utf8),
                let end = status.lastIndex(of: ")"),
                status[end...].split(separator: " ").dropFirst(2).first.flatMap({ Int32($0) }) == parent
            else { return nil }
            return FileManager.default.contents(atPath: "/proc/\(id)/cmdline").map {
                String(decoding: $0.map { $0 == 0 ? UInt8(ascii: " ") : $0 }, as: UTF8.self)
            }
        }
    }

    /// Waits for its end.
    func outcome() async -> Tool.Outcome {
        let status = await exit.value
        return Tool.Outcome(status: status, output: await output?.all() ?? "", errors: await errors?.all() ?? "")
    }

    /// Collects what comes out of a pipe.
    private final class Reader: Sendable {
        private let state = Mutex((bytes: [UInt8](), isAtEnd: false))

        init(_ handle: FileHandle) {
            Thread.detachNewThread { [self] in
                while case let data = handle.availableData, !data.isEmpty {
                    state.withLock { $0.bytes += data }
                }
                state.withLock { $0.isAtEnd = true }
                // Whoever has a thousand descriptors open is in the way of those who wait for them with `select`.
                try? handle.close()
            }
        }

        var text: String { state.withLock { String(decoding: $0.bytes, as: UTF8.self) } }
        var isAtEnd: Bool { state.withLock { $0.isAtEnd } }

        func all() async -> String {
            while !isAtEnd { try? await Task.sleep(for: .milliseconds(5)) }
            return text
        }
    }
}

extension Pipe {
    /// A pipe that processes started meanwhile by other tests don't inherit, so that it ends when its owners close it.
    static func `private`() -> Pipe {
        let pipe = Pipe()
        _ = fcntl(pipe.fileHandleForReading.fileDescriptor, F_SETFD, FD_CLOEXEC)
        _ = fcntl(pipe.fileHandleForWriting.fileDescriptor, F_SETFD, FD_CLOEXEC)
        return pipe
    }
}

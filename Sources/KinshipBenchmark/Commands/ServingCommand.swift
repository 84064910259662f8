// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

#if Hummingbird
internal import ArgumentParser
internal import BenchmarkFloor
internal import Foundation
internal import Kinship

/// Answers requests in one way, and tells what it used when a line asks for it: for the benchmark's own use, which starts it as
/// a process of its own.
struct ServingCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "serving", abstract: "Answers the requests of the command http in one way.",
        shouldDisplay: false)

    @OptionGroup var server: ServerOptions
    @Option var side: ServingSide
    @Option var connections: Int

    func run() async throws {
        try await server.withDatabase { place in
            let library = try await KinshipContestant(
                place.connection, models: BenchmarkData(directory: server.data).models)
            let requests = try ServedRequests(library.database)
            try Self.tell(try await port(requests), 0)
            for await line in Self.lines() {
                let words = line.split(separator: " ").map(String.init)
                if words.first == "end" { break }
                if words.count == 4, words[0] == "drive", let workload = Workload(rawValue: words[1]),
                    let tasks = Int(words[2]), let seconds = Double(words[3])
                {
                    let driven = try await requests.drive(workload, tasks: tasks, seconds: seconds)
                    try Self.tell(driven.requests, driven.seconds)
                } else {
                    try Self.tell(kinship_floor_cpu_nanoseconds(), kinship_floor_resident_bytes())
                }
            }
            await library.close()
        }
    }

    /// Begins to listen; 0 where nobody is to ask from outside.
    private func port(_ requests: ServedRequests) async throws -> Int {
        switch side {
        case .library: return 0
        case .bare: return try BareService.start(requests)
        case .http:
            let service = HTTPService(requests, connections: connections)
            try await service.check()
            return try await service.start()
        }
    }

    /// What is asked, read by a thread of its own: those of the tasks have requests to answer.
    private static func lines() -> AsyncStream<String> {
        let (lines, read) = AsyncStream.makeStream(of: String.self)
        Thread.detachNewThread {
            while let line = readLine() { read.yield(line) }
            read.finish()
        }
        return lines
    }

    private static func tell(_ first: some CustomStringConvertible, _ second: some CustomStringConvertible) throws {
        try FileHandle.standardOutput.write(contentsOf: Data("\(first) \(second)\n".utf8))
    }
}
#endif

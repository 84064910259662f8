// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

#if Hummingbird
internal import Foundation

/// A process that answers requests, seen from the one that measures: one line in asks, one line out tells.
final class ServingProcess {
    /// What a process has used so far.
    struct Usage {
        /// CPU of all its threads, in seconds.
        var cpu: Double
        /// The memory that it has resident now, in bytes.
        var resident: Double
    }

    /// Where it listens; 0 for nowhere.
    private(set) var port = 0
    private let side: ServingSide
    private let process = Process()
    private let input = Pipe()
    private let output = Pipe()
    private var unread: [UInt8] = []

    init(_ side: ServingSide, url: String, data: String, connections: Int) throws {
        self.side = side
        guard let program = Bundle.main.executableURL else {
            throw BenchmarkError("This program's own file can't be found, to start it once more.")
        }
        process.executableURL = program
        process.arguments = [
            "serving", "--side", side.rawValue, "--data", data, "--connections", String(connections),
        ]
        // Not as an argument, which other users could read: the URL may hold a password.
        process.environment = ProcessInfo.processInfo.environment.merging(["KINSHIP_DATABASE_URL": url]) { $1 }
        process.standardInput = input
        process.standardOutput = output
        try process.run()
        port = Int(try numbers()[0])
    }

    func usage() throws -> Usage {
        let numbers = try ask("usage")
        return Usage(cpu: numbers[0] / 1e9, resident: numbers[1])
    }

    /// Has the process itself ask for some time.
    func drive(
        _ workload: Workload, tasks: Int, seconds: Double
    ) throws -> (requests: Int, seconds: Double) {
        let numbers = try ask("drive \(workload.rawValue) \(tasks) \(seconds)")
        return (Int(numbers[0]), numbers[1])
    }

    /// Ends it.
    func close() {
        try? input.fileHandleForWriting.write(contentsOf: Data("end\n".utf8))
        try? input.fileHandleForWriting.close()
        process.waitUntilExit()
    }

    private func ask(_ line: String) throws -> [Double] {
        try input.fileHandleForWriting.write(contentsOf: Data((line + "\n").utf8))
        return try numbers()
    }

    /// The next line; two numbers, or the one of the port with another.
    private func numbers() throws -> [Double] {
        while true {
            if let end = unread.firstIndex(of: UInt8(ascii: "\n")) {
                let line = String(decoding: unread[..<end], as: UTF8.self)
                unread.removeSubrange(...end)
                let numbers = line.split(separator: " ").compactMap { Double($0) }
                guard numbers.count == 2 else {
                    throw BenchmarkError("The process of the side \(side.rawValue) says: \(line)")
                }
                return numbers
            }
            let bytes = output.fileHandleForReading.availableData
            guard !bytes.isEmpty else {
                throw BenchmarkError("The process of the side \(side.rawValue) has ended before its time.")
            }
            unread += bytes
        }
    }
}
#endif

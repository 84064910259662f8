// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

#if Hummingbird
internal import Foundation

/// `wrk`: a program in C that asks on many connections, as fast as it is answered.
struct LoadGenerator {
    /// What it saw.
    struct Outcome {
        var requests: Int
        var seconds: Double
        /// In microseconds.
        var p50: Double
        var p99: Double
    }

    private let program: URL

    /// - Throws: ``BenchmarkError`` where there is none on the PATH.
    init() throws {
        let folders = (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":")
        let found = folders.map { String($0) + "/wrk" }.first { FileManager.default.isExecutableFile(atPath: $0) }
        guard let found else {
            throw BenchmarkError(
                "There is no wrk on the PATH, which asks by HTTP; install it (apt-get install wrk, brew install wrk).")
        }
        program = URL(fileURLWithPath: found)
    }

    /// Asks at a port of this machine for some seconds.
    ///
    /// - Throws: ``BenchmarkError`` where an answer was an error, or missing.
    func run(_ workload: Workload, port: Int, connections: Int, seconds: Int) throws -> Outcome {
        let script = FileManager.default.temporaryDirectory.appendingPathComponent("kinship-\(UUID().uuidString).lua")
        try Data(Self.script(workload).utf8).write(to: script)
        defer { try? FileManager.default.removeItem(at: script) }
        let process = Process()
        process.executableURL = program
        process.arguments = [
            "--threads", "1", "--connections", String(connections), "--duration", "\(seconds)s", "--timeout", "60s",
            "--script", script.path, "http://127.0.0.1:\(port)",
        ]
        let output = Pipe()
        process.standardOutput = output
        try process.run()
        let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        process.waitUntilExit()
        let line = text.split(separator: "\n").last { $0.hasPrefix("measured ") } ?? ""
        let numbers = line.split(separator: " ").compactMap { Double($0) }
        guard process.terminationStatus == 0, numbers.count == 5 else {
            throw BenchmarkError("wrk has failed: \(text)")
        }
        guard numbers[2] == 0, numbers[0] > 0 else {
            throw BenchmarkError("Of \(Int(numbers[0])) answers \(Int(numbers[2])) were errors, or none: \(text)")
        }
        return Outcome(
            requests: Int(numbers[0]), seconds: numbers[1] / 1e6, p50: numbers[3], p99: numbers[4])
    }

    /// Many point requests with ids in no order, or the tree again and again; at the end one line for programs.
    private static func script(_ workload: Workload) -> String {
        let path = ServedRequests.path(workload)
        let target =
            workload.isPointRequest
            ? "\"\(ServedRequests.pointPrefix)\" .. math.random(1, \(ServedRequests.orders)) .. \"\(path)\""
            : "\"\(path)\""
        return """
            local requests = {}
            local last = 0
            function init(arguments)
                for number = 1, \(workload.isPointRequest ? 2_000 : 1) do
                    requests[number] = wrk.format("GET", \(target))
                end
            end
            function request()
                last = last % #requests + 1
                return requests[last]
            end
            function done(summary, latency)
                local errors = summary.errors
                io.write(string.format("\\nmeasured %d %d %d %d %d\\n", summary.requests, summary.duration,
                    errors.connect + errors.read + errors.write + errors.status + errors.timeout,
                    latency:percentile(50), latency:percentile(99)))
            end
            """
    }
}
#endif

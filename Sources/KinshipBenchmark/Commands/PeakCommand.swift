// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

internal import ArgumentParser
internal import BenchmarkFloor
internal import Foundation
internal import Libpq

/// Runs one side of one workload a few times and prints the most memory this process had: for the benchmark's own use,
/// which starts it as a process of its own.
struct PeakCommand: AsyncParsableCommand {
    enum Side: String, ExpressibleByArgument {
        case library, floor
    }

    static let configuration = CommandConfiguration(
        commandName: "peak", abstract: "Prints the peak memory of one side in bytes.", shouldDisplay: false)

    @OptionGroup var server: ServerOptions
    @Option var workload: Workload
    @Option var form: Form
    @Option var side: Side

    func run() async throws {
        try await server.withDatabase { place in
            let connection = place.connection
            let library = try await KinshipContestant(connection, models: BenchmarkData(directory: server.data).models)
            let floor = FloorContestant(
                keywords: try connection.keywords(), connections: Benchmark.connections, plan: library.floorPlan)
            let contestant: any Contestant = side == .library ? library : floor
            if workload.isPointRequest {
                _ = try await contestant.requests(
                    workload, form, ids: Benchmark.ids(2_000, seed: 1), tasks: Benchmark.tasks, onLoop: false,
                    keepsJSON: false)
            } else {
                for _ in 0..<3 { _ = try await contestant.tree(workload, form, keepsJSON: false) }
            }
            print(kinship_floor_peak_bytes())
            await library.close()
        }
    }

    /// The peak of a side in megabytes, nil when the process can't be started or fails.
    static func megabytes(_ workload: Workload, _ form: Form, _ side: Side, url: String, data: String) -> Double? {
        guard let program = Bundle.main.executableURL else { return nil }
        let process = Process()
        process.executableURL = program
        process.arguments = [
            "peak", "--workload", workload.rawValue, "--form", form.rawValue, "--side", side.rawValue, "--data", data,
        ]
        // Not as an argument, which other users could read: the URL may hold a password.
        process.environment = ProcessInfo.processInfo.environment.merging(["KINSHIP_DATABASE_URL": url]) { $1 }
        let output = Pipe()
        process.standardOutput = output
        do {
            try process.run()
        } catch {
            return nil
        }
        let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        process.waitUntilExit()
        guard process.terminationStatus == 0 else { return nil }
        return Double(text.prefix { $0.isNumber }).map { $0 / 1_048_576 }
    }
}

// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

internal import Libpq

/// Runs library and floor in turn and compares them.
struct Benchmark {
    /// Tasks that make point requests at the same time.
    static let tasks = 16
    /// Connections they share.
    static let connections = 8
    /// Before anything is measured: PostgreSQL settles on a plan for a prepared statement at its sixth run.
    private static let warmUps = 8

    let library: any Contestant
    let floor: any Contestant
    let runs: Int
    /// Point requests in one run.
    let requestsPerRun: Int

    /// Checks that both sides give the same answers, then times them.
    func compare(_ workload: Workload, progress: ProgressBar) async throws -> [Comparison] {
        try await checkEqual(workload)
        var comparisons: [Comparison] = []
        for form in Form.allCases {
            if workload.isPointRequest {
                comparisons.append(try await compareRequests(workload, form, onLoop: false, progress))
                if Readiness.executor == nil { continue }
                comparisons.append(try await compareRequests(workload, form, onLoop: true, progress))
            } else {
                comparisons.append(try await compareTrees(workload, form, progress))
            }
        }
        return comparisons
    }

    private func compareTrees(_ workload: Workload, _ form: Form, _ progress: ProgressBar) async throws -> Comparison {
        var librarySamples = Samples(), floorSamples = Samples()
        var outcome = Outcome()
        for run in -Self.warmUps..<runs {
            progress.show(max(run, 0), "\(workload.rawValue), \(form.rawValue)")
            let (libraryOutcome, librarySample) = try await Sample.measure {
                try await library.tree(workload, form, keepsJSON: false)
            }
            let (_, floorSample) = try await Sample.measure { try await floor.tree(workload, form, keepsJSON: false) }
            guard run >= 0 else { continue }
            librarySamples.append(librarySample)
            floorSamples.append(floorSample)
            outcome = libraryOutcome
        }
        return Comparison(
            workload: workload.rawValue, form: form, onLoop: false, runs: runs, statements: outcome.statements,
            roundTrips: outcome.roundTrips, rows: outcome.rows, library: .init(librarySamples),
            floor: .init(floorSamples))
    }

    private func compareRequests(
        _ workload: Workload, _ form: Form, onLoop: Bool, _ progress: ProgressBar
    ) async throws -> Comparison {
        var librarySamples = Samples(), floorSamples = Samples()
        var libraryLatencies: [Int64] = [], floorLatencies: [Int64] = []
        var outcome = Outcome()
        for run in -1..<runs {
            progress.show(max(run, 0), "\(workload.rawValue), \(form.rawValue)")
            let ids = Self.ids(requestsPerRun, seed: run + 2)
            let ((libraryOutcome, libraryTimes), librarySample) = try await Sample.measure {
                try await library.requests(
                    workload, form, ids: ids, tasks: Self.tasks, onLoop: onLoop, keepsJSON: false)
            }
            let ((_, floorTimes), floorSample) = try await Sample.measure {
                try await floor.requests(workload, form, ids: ids, tasks: Self.tasks, onLoop: onLoop, keepsJSON: false)
            }
            guard run >= 0 else { continue }
            librarySamples.append(librarySample)
            floorSamples.append(floorSample)
            libraryLatencies += libraryTimes
            floorLatencies += floorTimes
            outcome = libraryOutcome
        }
        return Comparison(
            workload: workload.rawValue, form: form, onLoop: onLoop, runs: runs,
            statements: outcome.statements / requestsPerRun,
            roundTrips: outcome.roundTrips / requestsPerRun, rows: outcome.rows / requestsPerRun,
            library: .init(librarySamples, requests: requestsPerRun, latencies: libraryLatencies),
            floor: .init(floorSamples, requests: requestsPerRun, latencies: floorLatencies))
    }

    // MARK: Equal answers

    private func checkEqual(_ workload: Workload) async throws {
        for form in Form.allCases {
            if workload.isPointRequest {
                for id in Self.ids(20, seed: 1) {
                    let left = try await library.requests(
                        workload, form, ids: [id], tasks: 1, onLoop: false, keepsJSON: true
                    ).0
                    let right = try await floor.requests(
                        workload, form, ids: [id], tasks: 1, onLoop: false, keepsJSON: true
                    ).0
                    try check(left, right, "workload \(workload.rawValue), id \(id)", form)
                }
            } else {
                let left = try await library.tree(workload, form, keepsJSON: true)
                let right = try await floor.tree(workload, form, keepsJSON: true)
                try check(left, right, "workload \(workload.rawValue)", form)
            }
        }
    }

    private func check(_ library: Outcome, _ floor: Outcome, _ place: String, _ form: Form) throws {
        for (name, own, other) in [
            ("rows", library.rows, floor.rows), ("statements", library.statements, floor.statements),
        ] where own != other {
            throw BenchmarkError("\(place): the library has \(own) \(name), the floor \(other)")
        }
        switch form {
        case .cells:
            if library.checksum != floor.checksum { throw BenchmarkError("\(place): the cells differ") }
        case .json:
            if let difference = JSONDifference.first(library.json, floor.json) {
                throw BenchmarkError("\(place): the JSON differs: \(difference)")
            }
        }
    }

    /// Orders' ids in no order, the same for the same seed.
    static func ids(_ count: Int, seed: Int) -> [Int32] {
        var state = UInt64(truncatingIfNeeded: seed) &* 0x9E37_79B9_7F4A_7C15
        return (0..<count).map { _ in
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return Int32(truncatingIfNeeded: (state >> 33) % 100_000) + 1
        }
    }
}

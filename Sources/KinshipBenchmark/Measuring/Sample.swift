// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

internal import BenchmarkFloor

/// What one run took.
struct Sample: Sendable {
    /// Seconds on the wall.
    var wall: Double
    /// Seconds of this process's CPU, all threads.
    var cpu: Double

    /// Runs `body` and measures it.
    static func measure<R>(
        isolation: isolated (any Actor)? = #isolation, _ body: () async throws -> R
    ) async rethrows -> (R, Sample) {
        let cpu = kinship_floor_cpu_nanoseconds()
        let clock = ContinuousClock()
        let start = clock.now
        let result = try await body()
        let wall = clock.now - start
        let spent = kinship_floor_cpu_nanoseconds() - cpu
        return (result, Sample(wall: wall / .seconds(1), cpu: Double(spent) / 1e9))
    }
}

/// Many runs of one thing.
struct Samples: Sendable {
    private(set) var all: [Sample] = []

    mutating func append(_ sample: Sample) { all.append(sample) }

    var medianWall: Double { Self.quantile(all.map(\.wall), 0.5) }
    var minimumWall: Double { all.map(\.wall).min() ?? .nan }
    var medianCPU: Double { Self.quantile(all.map(\.cpu), 0.5) }

    private static func quantile(_ values: [Double], _ part: Double) -> Double {
        quantile(ofSorted: values.sorted(), part)
    }

    /// The value below which the given part of the values lies, by nearest rank; NaN for no values.
    static func quantile(ofSorted sorted: [Double], _ part: Double) -> Double {
        sorted.isEmpty ? .nan : sorted[min(sorted.count - 1, Int(part * Double(sorted.count)))]
    }
}

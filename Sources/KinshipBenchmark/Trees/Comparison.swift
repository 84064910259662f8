// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

/// Library and floor beside each other, for one workload in one form.
struct Comparison: Sendable, Encodable {
    /// What one side took.
    struct Side: Sendable, Encodable {
        /// For a tree: of one tree; for point requests: of one batch of them.
        var medianMilliseconds: Double
        var minimumMilliseconds: Double
        /// Client CPU of the same, median.
        var cpuMilliseconds: Double
        var requestsPerSecond: Double?
        var p50Microseconds: Double?
        var p99Microseconds: Double?
        /// The most memory resident in a process of its own that did nothing else.
        var peakMegabytes: Double?

        init(_ samples: Samples, requests: Int? = nil, latencies: [Int64] = []) {
            medianMilliseconds = samples.medianWall * 1e3
            minimumMilliseconds = samples.minimumWall * 1e3
            cpuMilliseconds = samples.medianCPU * 1e3
            if let requests {
                requestsPerSecond = Double(requests) / samples.medianWall
                let sorted = latencies.map(Double.init).sorted()
                p50Microseconds = Samples.quantile(ofSorted: sorted, 0.5) / 1e3
                p99Microseconds = Samples.quantile(ofSorted: sorted, 0.99) / 1e3
            }
        }
    }

    var workload: String
    var form: Form
    /// Whether the library's callers preferred the thread that waits for answers as their executor.
    var onLoop: Bool
    var runs: Int
    /// Per tree, or per point request.
    var statements: Int
    var roundTrips: Int
    var rows: Int
    var library: Side
    var floor: Side

    /// Times of the library to times of the floor; for point requests, its requests per second to the floor's.
    var ratio: Double {
        if let library = library.requestsPerSecond, let floor = floor.requestsPerSecond { return library / floor }
        return library.medianMilliseconds / floor.medianMilliseconds
    }

    var cpuRatio: Double { library.cpuMilliseconds / floor.cpuMilliseconds }

    /// The bound the ratio is held to.
    var target: Double { library.requestsPerSecond != nil ? 0.7 : form == .cells ? 1.5 : 1.8 }

    var meetsTarget: Bool { library.requestsPerSecond != nil ? ratio >= target : ratio <= target }

    private enum CodingKeys: String, CodingKey {
        case workload, form, onLoop, runs, statements, roundTrips, rows, library, floor, ratio, cpuRatio, target,
            meetsTarget
    }

    func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(workload, forKey: .workload)
        try container.encode(form, forKey: .form)
        try container.encode(onLoop, forKey: .onLoop)
        try container.encode(runs, forKey: .runs)
        try container.encode(statements, forKey: .statements)
        try container.encode(roundTrips, forKey: .roundTrips)
        try container.encode(rows, forKey: .rows)
        try container.encode(library, forKey: .library)
        try container.encode(floor, forKey: .floor)
        try container.encode(ratio, forKey: .ratio)
        try container.encode(cpuRatio, forKey: .cpuRatio)
        try container.encode(target, forKey: .target)
        try container.encode(meetsTarget, forKey: .meetsTarget)
    }
}

// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

/// The parts of workload w.
enum WriteWorkload: String, CaseIterable, Sendable {
    case singles, many, graph, copy

    func summary(_ size: WriteComparison.Size) -> String {
        switch self {
        case .singles: "\(size.singles) single inserts on \(Benchmark.connections) connections"
        case .many: "\(size.many) rows in one statement"
        case .graph: "a customer with \(size.orders) orders and \(size.orders * size.items) items"
        case .copy: "\(size.copied) lines of JSON by COPY"
        }
    }

    /// The most that the library's wall time may be of the floor's; of singles the least that its rate may be.
    var bound: Double { self == .singles ? 0.7 : 1.3 }

    /// Whether a ratio of wall times is within the bound.
    func isMet(_ ratio: Double) -> Bool { self == .singles ? 1 / ratio >= bound : ratio <= bound }
}

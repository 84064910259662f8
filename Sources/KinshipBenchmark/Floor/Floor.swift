// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

internal import BenchmarkFloor

/// The C floor as seen from Swift: for trees on one connection, or for point requests on several.
final class Floor {
    private let plan: FloorPlan
    private let levels: UnsafeMutableBufferPointer<kinship_floor_level>
    private var tree: OpaquePointer?
    private var requests: OpaquePointer?

    /// Connects: one connection for trees, `connections` for point requests.
    init(_ plan: FloorPlan, keywords: [(key: String, value: String)], connections: Int?) throws {
        self.plan = plan
        levels = .allocate(capacity: plan.levels.count)
        _ = levels.initialize(from: plan.levels)
        let count = Int32(levels.count)
        try Self.withKeywords(keywords) { keys, values in
            try Self.reporting { error, size in
                if let connections {
                    requests = kinship_floor_requests_open(
                        keys, values, Int32(connections), levels.baseAddress, count, error, size)
                    return requests != nil
                }
                tree = kinship_floor_tree_open(keys, values, levels.baseAddress, count, error, size)
                return tree != nil
            }
        }
    }

    deinit {
        kinship_floor_tree_close(tree)
        kinship_floor_requests_close(requests)
        levels.deallocate()
    }

    /// Fetches the tree; with its JSON only when `keepsJSON`, for a copy costs time.
    func run(_ form: Form, keepsJSON: Bool) throws -> Outcome {
        var outcome = kinship_floor_outcome()
        try Self.reporting { kinship_floor_tree_run(tree, form.floor, &outcome, $0, $1) == 0 }
        return Self.outcome(outcome, keepsJSON: keepsJSON)
    }

    /// Serves a point request for each of `ids`; how long each caller waited, in nanoseconds, comes back too.
    func run(_ form: Form, ids: [Int32], tasks: Int, keepsJSON: Bool) throws -> (Outcome, [Int64]) {
        var outcome = kinship_floor_outcome()
        var nanoseconds = [Int64](repeating: 0, count: ids.count)
        try Self.reporting {
            kinship_floor_requests_run(
                requests, form.floor, Int32(tasks), ids, Int32(ids.count), &nanoseconds, &outcome, $0, $1) == 0
        }
        return (Self.outcome(outcome, keepsJSON: keepsJSON), nanoseconds)
    }

    private static func outcome(_ outcome: kinship_floor_outcome, keepsJSON: Bool) -> Outcome {
        Outcome(
            checksum: outcome.checksum, rows: Int(outcome.rows), statements: Int(outcome.statements),
            roundTrips: Int(outcome.round_trips),
            json: keepsJSON ? Array(UnsafeBufferPointer(start: outcome.json, count: outcome.json_length)) : [])
    }

    static func reporting(_ body: (UnsafeMutablePointer<CChar>, Int) throws -> Bool) throws {
        try withUnsafeTemporaryAllocation(of: CChar.self, capacity: 512) { error in
            error.initialize(repeating: 0)
            guard let start = error.baseAddress else { return }
            if try !body(start, error.count) { throw BenchmarkError("the C floor: " + String(cString: start)) }
        }
    }

    static func withKeywords<R>(
        _ keywords: [(key: String, value: String)],
        _ body: (UnsafePointer<UnsafePointer<CChar>?>, UnsafePointer<UnsafePointer<CChar>?>) throws -> R
    ) throws -> R {
        func copies(_ strings: [String]) -> [UnsafeMutablePointer<CChar>] {
            strings.map { string in
                let bytes = Array(string.utf8CString)
                let pointer = UnsafeMutablePointer<CChar>.allocate(capacity: bytes.count)
                pointer.initialize(from: bytes, count: bytes.count)
                return pointer
            }
        }
        let keys = copies(keywords.map(\.key)), values = copies(keywords.map(\.value))
        defer { for pointer in keys + values { pointer.deallocate() } }
        return try body(keys.map { UnsafePointer($0) } + [nil], values.map { UnsafePointer($0) } + [nil])
    }
}

// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

/// The C floor with a plan for each workload, opened at first use.
///
/// Its calls block their thread, as a C program's do: the benchmark runs nothing else meanwhile.
final class FloorContestant: Contestant {
    private let keywords: [(key: String, value: String)]
    private let connections: Int
    private let plan: (Workload) throws -> FloorPlan
    private var floors: [Workload: Floor] = [:]

    init(
        keywords: [(key: String, value: String)], connections: Int, plan: @escaping (Workload) throws -> FloorPlan
    ) {
        self.keywords = keywords
        self.connections = connections
        self.plan = plan
    }

    func tree(_ workload: Workload, _ form: Form, keepsJSON: Bool) async throws -> Outcome {
        try floor(workload).run(form, keepsJSON: keepsJSON)
    }

    func requests(
        _ workload: Workload, _ form: Form, ids: [Int32], tasks: Int, onLoop: Bool, keepsJSON: Bool
    ) async throws -> (Outcome, [Int64]) {
        try floor(workload).run(form, ids: ids, tasks: tasks, keepsJSON: keepsJSON)
    }

    private func floor(_ workload: Workload) throws -> Floor {
        if let floor = floors[workload] { return floor }
        let floor = try Floor(
            plan(workload), keywords: keywords, connections: workload.isPointRequest ? connections : nil)
        floors[workload] = floor
        return floor
    }
}

// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

internal import Kinship
internal import Libpq
internal import Logging
internal import RelationPlanner

/// Point requests alone, and beside tasks that do nothing but send filters of which a few bytes are much work in memory.
struct HostileComparison {
    /// What the point requests took.
    struct Side {
        var samples = Samples()
        var latencies: [Int64] = []
    }

    let connection: ConnectionConfiguration
    let models: String
    let runs: Int
    let requestsPerRun: Int
    let attackers: Int

    private static let definitions = [
        """
        {"name": "HostilePage", "options": {"postgresql": {"table": "kinship_hostile"}},
         "properties": {"id": {"type": "number", "id": true}, "notesList": {"type": ["HostileNote"], "postgresql": {"columnName": "notes"}}},
         "relations": {"notes": {"type": "embedsMany", "model": "HostileNote", "property": "notesList"}}}
        """,
        #"{"name": "HostileNote", "base": "Model", "properties": {"text": "string"}}"#,
    ]

    private static func filters() throws -> [JSONValue] {
        [
            try JSONValue(
                parsing:
                    #"{"include":{"relation":"notes","scope":{"where":{"text":{"regexp":"(a?){250}(a?){250}b"}}}}}"#),
            [
                "include": [
                    "relation": "notes",
                    "scope": ["where": ["text": ["like": .string("%" + String(repeating: "a", count: 5_000) + "b")]]],
                ]
            ],
            // One of them is little work, many are not.
            try JSONValue(
                parsing: #"{"include":{"relation":"notes","scope":{"where":{"text":{"regexp":"a?b"}}}}}"#),
        ]
    }

    /// Measures both in turn, several times over.
    func callAsFunction(progress: ProgressBar) async throws -> (alone: Side, beside: Side, refused: Int) {
        let setup = try await Connection.connect(connection, logger: Logger(label: "kinship-bench"))
        defer { setup.close() }
        for text in [
            "DROP TABLE IF EXISTS kinship_hostile", "CREATE TABLE kinship_hostile (id int PRIMARY KEY, notes jsonb)",
            """
            INSERT INTO kinship_hostile SELECT i, jsonb_build_array(jsonb_build_object('text', repeat('a', 20000)))
            FROM generate_series(1, 4) AS i
            """,
        ] { try await setup.execute(Statement(text, preparation: .unnamed)) }
        let library = try await KinshipContestant(connection, models: models)
        let schema = try Schema(
            definitions: Self.definitions.map { try ModelDefinition(json: Array($0.utf8), file: nil) })
        let database = try await Database.open(schema: schema, connection: connection)
        let filters = try Self.filters()
        let refused = Counter()
        var (alone, beside) = (Side(), Side())
        for run in -1..<runs {
            progress.show(max(run, 0), "h")
            let ids = Benchmark.ids(requestsPerRun, seed: run + 2)
            func measure(into side: inout Side) async throws {
                let ((_, latencies), sample) = try await Sample.measure {
                    try await library.requests(
                        .g, .json, ids: ids, tasks: Benchmark.tasks, onLoop: false, keepsJSON: false)
                }
                guard run >= 0 else { return }
                side.samples.append(sample)
                side.latencies += latencies
            }
            try await measure(into: &alone)
            let hostile = (0..<attackers).map { number in
                Task {
                    while !Task.isCancelled {
                        do {
                            _ = try await database.find("HostilePage", filter: filters[number % filters.count])
                        } catch is CancellationError {
                            return
                        } catch {
                            _ = refused.take(below: .max)
                        }
                    }
                }
            }
            // They are under way by then.
            try await Task.sleep(for: .milliseconds(200))
            try await measure(into: &beside)
            for task in hostile { task.cancel() }
            for task in hostile { await task.value }
        }
        await database.close()
        await library.close()
        try await setup.execute(Statement("DROP TABLE kinship_hostile", preparation: .unnamed))
        return (alone, beside, refused.take(below: .max) ?? 0)
    }
}

// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Kinship
import Libpq
import Logging
import RelationPlanner
import Synchronization
import TestSupport
import Testing

/// D18: one row of the corpus says `Spaceship`, and there is no such model.
@Suite struct UnknownTypeTests {
    private static let filter: JSONValue = ["include": "imageable", "fields": "id"]

    private func database(strict: Bool, _ log: Recorder) async throws -> Database {
        _ = try await SmallDatabase.shared()
        return try await Database.open(
            schema: SchemaLoader.load(directory: Repository.path("Tests/Fixtures/conformance/models")),
            connection: ConnectionConfiguration(url: TestDatabase.named("conformance").url),
            trees: TreeOptions(strictPolymorphic: strict), logger: Logger(label: "types") { _ in log })
    }

    @Test func `A warning names the relation and the type, once for each answer`() async throws {
        let log = Recorder()
        let database = try await database(strict: false, log)
        let graph = try await database.find("Picture", filter: Self.filter)
        #expect(graph.count > 0)
        #expect(log.warnings == ["Picture.imageable Spaceship"])
        await database.close()
    }

    @Test func `It can be made an error`() async throws {
        let log = Recorder()
        let database = try await database(strict: true, log)
        let error = await #expect(throws: PlannerError.self) { try await database.find("Picture", filter: Self.filter) }
        #expect(error?.code == .unknownPolymorphicType)
        #expect(error?.model == "Picture" && error?.relation == "imageable")
        #expect(error?.message.contains("Spaceship") == true)
        let others = try await database.find(
            "Picture", filter: ["where": ["imageableType": "Product"], "include": "imageable"])
        #expect(others.count > 0)
        await database.close()
    }
}

/// Keeps warnings about types.
private final class Recorder: LogHandler, Sendable {
    private let lines = Mutex<[String]>([])

    var warnings: [String] { lines.withLock { $0 } }

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { nil }
        set {}
    }
    var metadata: Logger.Metadata {
        get { [:] }
        set {}
    }
    var logLevel: Logger.Level {
        get { .warning }
        set {}
    }

    func log(event: LogEvent) {
        guard let relation = event.metadata?["relation"], let type = event.metadata?["type"] else { return }
        lines.withLock { $0.append("\(relation) \(type)") }
    }
}

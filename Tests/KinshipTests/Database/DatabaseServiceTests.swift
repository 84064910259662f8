// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Kinship
import KinshipLifecycle
import Libpq
import Logging
import ServiceLifecycle
import TestSupport
import Testing

@Suite struct DatabaseServiceTests {
    @Test func `A service group closes the database when it shuts down`() async throws {
        let schema = try SchemaLoader.load(directory: Repository.path("Examples/models"))
        let shop = try await TestDatabase.shop()
        let database = try await Database.open(schema: schema, connection: ConnectionConfiguration(url: shop.url))
        let group = ServiceGroup(
            configuration: ServiceGroupConfiguration(
                services: [.init(service: database)], logger: Logger(label: "test")))
        async let running: Void = group.run()
        #expect(try await database.count("Category").count == 8)
        await group.triggerGracefulShutdown()
        try await running
        await #expect(throws: PostgresError.self) { try await database.count("Category") }
        #expect(database.pool.status.size == 0)
    }
}

// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import TestSupport
import Testing

@Suite struct TestDatabaseTests {
    @Test("A named database is made once, with the settings tests count on")
    func named() async throws {
        let database = try await TestDatabase.named("support")
        let again = try await TestDatabase.named("support")
        #expect(database.url == again.url)
        let rows = try await database.run(
            "SELECT current_setting('server_encoding'), datcollate, datctype, current_setting('timezone') "
                + "FROM pg_database WHERE datname = current_database()")
        #expect(rows == [["UTF8", "C.UTF-8", "C.UTF-8", "UTC"]])
    }
}

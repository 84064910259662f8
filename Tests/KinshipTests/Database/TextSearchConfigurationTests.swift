// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Kinship
import TestSupport
import Testing

/// Text search configurations of the database's own.
@Suite struct TextSearchConfigurationTests {
    @Test func `A user's own is taken, by its name and with its schema, and no other`() async throws {
        let server = try await TestDatabase.named("text_search_configurations")
        try await server.run(
            """
            CREATE TABLE note (id int PRIMARY KEY, body text);
            INSERT INTO note VALUES (1, 'The cooked apples'), (2, 'An apple');
            CREATE TEXT SEARCH CONFIGURATION public.recipes (COPY = pg_catalog.english);
            CREATE SCHEMA apart;
            CREATE TEXT SEARCH CONFIGURATION apart."Plain 'words'" (COPY = pg_catalog.simple);
            """)
        let schema = try Schema(definitions: [
            ModelDefinition("Note", properties: [.id("id"), .string("body")])
        ])
        try await Database.withDatabase(schema: schema, connection: ConnectionConfiguration(url: server.url)) {
            database in
            func count(_ language: String) async throws -> Int64 {
                try await database.count(
                    "Note",
                    where: ["body": ["match": ["query": "apple", "syntax": "plain", "language": .string(language)]]]
                ).count
            }
            for language in ["recipes", "public.recipes", "english", "pg_catalog.english"] {
                #expect(try await count(language) == 2)
            }
            for language in [#"apart."Plain 'words'""#, "simple"] { #expect(try await count(language) == 1) }
            for language in [#""Plain 'words'""#, "Plain 'words'", "recipe", "apart.recipes", "english'"] {
                let error = await #expect(throws: PlannerError.self) { _ = try await count(language) }
                #expect(error?.code == .invalidValue)
            }
            // One that is made later is known when the catalog is read again.
            try await server.run("CREATE TEXT SEARCH CONFIGURATION public.later (COPY = pg_catalog.simple)")
            await #expect(throws: PlannerError.self) { _ = try await count("later") }
            try await database.refreshCatalog()
            let later = try await count("later")
            #expect(later == 1)
        }
    }
}

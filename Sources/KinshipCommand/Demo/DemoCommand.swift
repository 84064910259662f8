// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import ArgumentParser
import EmbeddedPostgres
import Kinship
import Libpq
import RelationPlanner

/// `kinship demo`.
struct DemoCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "demo",
        abstract: "Load a sample shop, fetch a tree of its records and write one, showing every statement.",
        discussion: """
            Examples:
              kinship demo
              kinship demo --keep
              kinship demo --database postgres://me@localhost/mine

            Without --database and KINSHIP_DATABASE_URL it starts a PostgreSQL server of its own and removes it at the \
            end; with --keep that is when you press Ctrl-C. In a database that is given it makes the schema \(ShopLoader.schema), dropping the one of an earlier \
            demo, touches nothing else, and leaves the shop there to play with.
            """)

    @OptionGroup(title: "Database") var database: DatabaseOptions

    @Flag(name: .long, help: "Keep the server with the shop until Ctrl-C, and say where it is.")
    var keep = false

    func validate() throws {
        guard keep, database.url != nil else { return }
        throw ValidationError("--keep is for a server of the demo's own; in a database that is given the shop stays.")
    }

    func run() async throws {
        let files = try ShopFiles.find()
        let schema = try ModelOptions.load(folders: [files.models], tableSchema: ShopLoader.schema)
        let progress = Progress()
        guard let url = database.url else {
            await progress.show("Starting a PostgreSQL server")
            let server = try await EmbeddedServer.start()
            do {
                try await run(on: ConnectionConfiguration(url: server.url), isOwn: true, files, schema, progress)
                if keep { try await stay(server.url, models: files.models) }
            } catch {
                await progress.clear()
                await server.stop()
                throw error
            }
            return await server.stop()
        }
        do {
            try await run(on: ConnectionConfiguration(url: url), isOwn: false, files, schema, progress)
        } catch {
            await progress.clear()
            throw error
        }
    }

    /// Says where the shop is, and waits for Ctrl-C.
    private func stay(_ url: String, models: String) async throws {
        try await StandardOutput.shared.write(
            """

            The shop stays until you press Ctrl-C. Ask it yourself, from another terminal:
              \(Terminal.command) query Customer '{"limit": 1, "include": "orders"}' --schema \(ShopLoader.schema) --pretty \\
                --models '\(models)' \\
                --database '\(url)'

            """)
        while true { try await Task.sleep(for: .seconds(3600)) }
    }

    private func run(
        on given: ConnectionConfiguration, isOwn: Bool, _ files: ShopFiles, _ schema: Schema, _ progress: Progress
    ) async throws {
        var configuration = given
        database.prepare(&configuration)
        let clock = ContinuousClock()
        let connection = try await Connection.connect(configuration, logger: database.logger)
        let start = clock.now
        do {
            try await ShopLoader(files: files, progress: progress).load(over: connection)
        } catch {
            connection.close()
            throw error
        }
        let loading = clock.now - start
        connection.close()
        var trees = database.trees
        // By levels there is more to see.
        trees.strategy = trees.strategy ?? .byLevel
        try await database.withDatabase(schema, connection: configuration, trees: trees) { database in
            await progress.show("Asking")
            var report = DemoReport(schema: schema)
            try await report.introduce(database, server: isOwn ? nil : "\(configuration)", loading: loading)
            let filter = try JSONValue(parsing: DemoReport.question)
            let first = try await database.find(DemoReport.model, filter: filter)
            let again = try await database.find(DemoReport.model, filter: filter)
            try report.show(first, again: again)
            // Rolled back: the shop stays as it is.
            let written = try await database.explain(analyze: .run) { session in
                try await session.createGraph(DemoReport.model, try JSONValue(parsing: DemoReport.order))
            }
            report.show(written)
            if !isOwn { report.sayHowToGoOn(models: files.models) }
            await progress.clear()
            try await StandardOutput.shared.write(report.text)
        }
    }
}

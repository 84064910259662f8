// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import ArgumentParser
import EmbeddedPostgres
import Foundation

/// `kinship embedded`.
struct EmbeddedCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "embedded",
        abstract: "Run a PostgreSQL server of one's own, which keeps its data in a folder, until Ctrl-C.",
        discussion: """
            Examples:
              kinship embedded data
              kinship embedded ~/shop/data --port 5433

            It says where the server is, as a line for another terminal's shell. Only its owner can reach it: by a socket in a \
            private folder, which is another one each time; with --port also at 127.0.0.1, with the password that is told.

            The folder is made by the first start. PostgreSQL's own programs have to be installed.
            """)

    @Argument(
        help: ArgumentHelp("The folder of the data; it is made if need be.", valueName: "dir"), completion: .directory)
    var folder: String

    @Option(name: .long, help: ArgumentHelp("A port of 127.0.0.1 as well.", valueName: "port"))
    var port: Int?

    func validate() throws {
        guard port.map({ (1...65_535).contains($0) }) ?? true else {
            throw ValidationError("--port is a number from 1 to 65535.")
        }
    }

    func run() async throws {
        let path = URL(fileURLWithPath: folder).standardizedFileURL.path
        var isFolder: ObjCBool = false
        if FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) {
            let contents = (try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []
            guard isFolder.boolValue, contents.isEmpty || contents.contains("PG_VERSION") else {
                throw Failure(
                    .noInput, "\"\(folder)\" holds something else than PostgreSQL's data.",
                    remedy: "name a folder that doesn't exist yet, or is empty")
            }
        }
        var options = EmbeddedServerOptions()
        options.storage = .directory(path)
        if let port { options.network = .loopback(port: port) }
        let server = try await EmbeddedServer.start(options)
        do {
            let url = port == nil ? server.url : server.tcpURL() ?? server.url
            try await StandardOutput.shared.write("export KINSHIP_DATABASE_URL='\(url)'\n")
            await Terminal.say("The server runs until Ctrl-C.")
            while true { try await Task.sleep(for: .seconds(3600)) }
        } catch {
            await server.stop()
            throw error
        }
    }
}

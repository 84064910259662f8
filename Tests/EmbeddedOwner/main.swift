// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import EmbeddedPostgres
import Foundation

// Owns a server, for tests that end this process in all ways there are. Arguments: a file to tell the postmaster's process
// and the directory in, and what to do then: wait, or exit.
let server = try await EmbeddedServer.start()
try "\(server.processID ?? 0)\n\(server.directory)".write(
    toFile: CommandLine.arguments[1], atomically: true, encoding: .utf8)
if CommandLine.arguments[2] == "exit" { exit(7) }
try await Task.sleep(for: .seconds(3600))
await server.stop()

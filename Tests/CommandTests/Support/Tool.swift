// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Foundation
import Testing

#if canImport(Darwin)
import Darwin
#elseif canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

/// Runs the built `kinship` as a user would: a process with arguments, an environment, streams and an exit status.
struct Tool {
    /// What a run came to.
    struct Outcome: Sendable {
        var status: Int32
        var output: String
        var errors: String

        /// The lines of the output.
        var lines: [String] { output.split(separator: "\n").map(String.init) }
    }

    /// Variables besides `PATH`, `HOME` and the like; the database is never taken from the tests' own environment.
    var environment: [String: String] = [:]
    /// Where it runs.
    var directory = FileManager.default.temporaryDirectory.path

    /// The executable, in the folder of the tests' own.
    static let executable: String = {
        let own = CommandLine.arguments.first ?? ""
        let bundles = Bundle.allBundles.map(\.bundlePath).filter { $0.hasSuffix(".xctest") }
        for path in bundles + [own] {
            var folder = (path as NSString).deletingLastPathComponent
            while folder.count > 1 {
                let candidate = folder + "/kinship"
                if FileManager.default.isExecutableFile(atPath: candidate), !isDirectory(candidate) { return candidate }
                folder = (folder as NSString).deletingLastPathComponent
            }
        }
        return "kinship"
    }()

    private static func isDirectory(_ path: String) -> Bool {
        var result: ObjCBool = false
        return FileManager.default.fileExists(atPath: path, isDirectory: &result) && result.boolValue
    }

    /// Runs it to its end.
    func run(_ arguments: [String], input: String = "") async throws -> Outcome {
        let running = try start(arguments)
        running.write(input)
        running.closeInput()
        return await running.outcome()
    }

    /// Starts it; the caller talks to it.
    func start(
        _ arguments: [String], output: FileHandle? = nil, input: FileHandle? = nil, errors: FileHandle? = nil,
        limit: Duration = .seconds(90)
    ) throws -> RunningTool {
        var variables = ProcessInfo.processInfo.environment.filter {
            !$0.key.hasPrefix("KINSHIP_") && !$0.key.hasPrefix("PG")
        }
        variables["PG_BIN"] = ProcessInfo.processInfo.environment["PG_BIN"]
        variables["NO_COLOR"] = nil
        variables["TERM"] = "xterm"
        // No password of the developer's own may decide a test.
        variables["PGPASSFILE"] = "/nonexistent/pgpass"
        variables.merge(environment) { $1 }
        return try RunningTool(
            Self.executable, arguments, environment: variables, directory: directory, output: output,
            input: input, errors: errors, limit: limit)
    }
}

// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Foundation

/// Writes `Snippets.swift`: a function for each block that can run.
enum SnippetFile {
    /// What can't run, and why.
    static let excluded: [String: String] = [
        "README 3": "a manifest", "Connections 7": "customers of the shop have more columns",
        "Connections 14": "runs until a signal", "Connections 15": "listens for ever",
        "Changes 1": "listens for ever",
        "Definitions 1": "a folder of the reader's own", "Filters 9": "a model that the shop hasn't",
        "Methods 2": "a model that the shop hasn't",
        "Models 1": "folders of the reader's own",
        "Writing 3": "a model that the shop hasn't", "Writing 4": "a model that the shop hasn't",
        "MovingFromLoopBack3 1": "an application of the reader's own", "MovingFromLoopBack3 2": "of KinshipREST",
        "Observability 3": "of KinshipREST",
        "REST 1": "of KinshipREST",
        "REST 2": "of KinshipREST", "REST 3": "of KinshipREST", "REST 4": "of KinshipJWT",
        "REST 5": "of KinshipJWT", "REST 6": "runs until a signal",
        "AccessRules 1": "of KinshipREST", "AccessRules 2": "of KinshipREST",
        "Tenants 2": "of KinshipREST",
    ]

    /// What stands for a value of a type that a block is given.
    private static let values: [String: String] = [
        "Database": "given.database", "Connection": "given.connection", "ConnectionPool": "given.database.pool",
        "Schema": "given.database.schema", "ConnectionConfiguration": "given.configuration", "Graph": "given.graph",
        "Logger": "given.logger", "Int": "7", "String": "\"open\"", "Date": "Date(timeIntervalSince1970: 0)",
        "FileHandle": "FileHandle.nullDevice", "AsyncStream<[UInt8]>": "AsyncStream { $0.finish() }",
        "[UInt8]": "Array(repeating: 7, count: 32)", "[PropertyDefinition]": "[.id(\"id\"), .string(\"status\")]",
        "Hooks": "Hooks()",
        "ModelDefinition": "ModelDefinition(\"Order\", properties: [.id(\"id\")])",
    ]

    static func text(_ blocks: [DocumentedBlock]) -> String {
        let runnable = blocks.filter { excluded[$0.name] == nil }
        var text = """
            // SPDX-License-Identifier: Apache-2.0
            // Copyright (c) 2026 the Kinship authors
            // swift-format-ignore-file

            // Made from the pages: after a change of a block run
            //   KINSHIP_WRITE_SNIPPETS=1 make test ARGS='--filter DocumentedSwiftTests'

            import Foundation
            import Kinship
            import Logging

            extension Snippets {
                static let all: [(name: String, run: @Sendable (Given) async throws -> Void)] = [

            """
        for block in runnable { text += "        (\"\(block.name)\", \(function(block))),\n" }
        text += "    ]\n}\n"
        for block in runnable { text += "\n" + self.text(of: block) }
        return text
    }

    private static func function(_ block: DocumentedBlock) -> String {
        block.name.lowercased().replacing(" ", with: "")
    }

    private static func text(of block: DocumentedBlock) -> String {
        var lines = [
            "extension Snippets {", "    @Sendable static func \(function(block))(_ given: Given) async throws {",
        ]
        for given in block.givens {
            let type = given.split(separator: ":", maxSplits: 1).last.map { $0.drop { $0 == " " } } ?? ""
            lines.append("        \(given) = \(values[String(type)] ?? "nothing stands for \(type)")")
        }
        let body = block.lines.filter { !$0.hasPrefix("import ") }.map { line in
            // Addresses are of the reader's own.
            line.replacing(#/"postgres:\/\/[^"]*"/#, with: "given.url")
        }
        lines += body.map { $0.isEmpty ? "" : "        " + $0 }
        // What a block makes and nobody looks at.
        let names = block.givens + block.lines
        for match in names.compactMap({ $0.firstMatch(of: #/^(?:let|var) (\w+|\([^)]*\))/#) }) {
            lines.append("        _ = \(match.output.1)")
        }
        return (lines + ["    }", "}"]).joined(separator: "\n") + "\n"
    }
}

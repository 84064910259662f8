// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Foundation
import TestSupport
import Testing

@testable import KinshipCommand

/// Whoever types what the pages show gets what they show: every shell line with `kinship` is run against the sample shop.
@Suite struct DocumentedLinesTests {
    /// A line of a page that a shell takes.
    struct Line: Sendable, CustomTestStringConvertible {
        var page: String
        var text: String
        /// What the page says comes out, up to a `…`; empty where it shows nothing.
        var reply = ""

        var testDescription: String { "\(page): \(text)" }
    }

    /// The lines of all pages that begin with `kinship`, or lead to it.
    static func lines() throws -> [Line] {
        let folder = Fixture.repository + "/Documentation/"
        let pages = try FileManager.default.contentsOfDirectory(atPath: folder).filter { $0.hasSuffix(".md") }.sorted()
        return try ([Fixture.repository + "/README.md"] + pages.map { folder + $0 }).flatMap { path in
            lines(
                of: try String(contentsOfFile: path, encoding: .utf8),
                page: String(path.dropFirst(Fixture.repository.count + 1)))
        }
    }

    private static func lines(of text: String, page: String) -> [Line] {
        var found: [Line] = []
        var isFenced = false
        var isInside = false
        var isContinued = false
        for row in text.split(separator: "\n", omittingEmptySubsequences: false) {
            if row.hasPrefix("```") {
                isFenced = !isFenced
                isInside = isFenced && ["```", "```sh"].contains(String(row))
                isContinued = false
            } else if isInside, isContinued {
                found[found.count - 1].text += "\n" + row
                isContinued = row.hasSuffix("\\")
            } else if isInside, let match = row.firstMatch(of: #/^(\$ )?((?:echo .* \| |source <\()?kinship .*)$/#) {
                found.append(Line(page: page, text: String(match.output.2)))
                isContinued = row.hasSuffix("\\")
            } else if isInside, found.last?.page == page, found.last?.reply == "", !row.isEmpty {
                found[found.count - 1].reply = String(row)
            }
        }
        return found
    }

    /// What is only for a server that stays, or for an address of the reader's own, is run against the test's shop.
    private static func adapted(_ text: String, to url: String) -> String {
        var text = text.replacing(#/--database postgres:\/\/\S+/#, with: "--database '\(url)'")
            .replacing("--models ../shop-api", with: "--models Examples/models")
            .replacing(
                "import-lb3 ../shop-api", with: "import-lb3 \(Fixture.repository)/Tests/Fixtures/loopback/shop-api")
        for (option, value) in [("--schema", "kinship_shop"), ("--models", "Examples/models")]
        where !text.contains(option) {
            text = text.replacing(#/kinship (query|batch|import(?!-)|export|(?:migrate|changes) [a-z]+)/#) {
                "kinship \($0.output.1) \(option) \(value)"
            }
        }
        return text
    }

    @Test func everyLineDoesWhatItsPageSays() async throws {
        let database = try await TestDatabase.named("documented_lines")
        let home = FileManager.default.temporaryDirectory.appending(path: "documented-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: home) }
        for folder in [".zfunc", ".config/fish/completions", "bin"] {
            try FileManager.default.createDirectory(at: home.appending(path: folder), withIntermediateDirectories: true)
        }
        try FileManager.default.createSymbolicLink(
            at: home.appending(path: "bin/kinship"), withDestinationURL: URL(fileURLWithPath: Tool.executable))
        try FileManager.default.createSymbolicLink(
            at: home.appending(path: "Examples"),
            withDestinationURL: URL(fileURLWithPath: Fixture.repository + "/Examples"))
        try Data(#"{"limit": 1}"#.utf8).write(to: home.appending(path: "filter.json"))
        try Data(#"{"model": "Customer", "op": "count"}"#.utf8).write(to: home.appending(path: "requests.jsonl"))
        try Data(#"{"Order": [{"order": "total DESC", "limit": 10}]}"#.utf8)
            .write(to: home.appending(path: "requests.json"))
        let shop = try await Tool(environment: ["KINSHIP_HOME": Fixture.repository])
            .run(["demo", "--database", database.url])
        #expect(shop.status == 0, "\(shop.errors)")

        let lines = try Self.lines().filter { !$0.text.contains("--keep") }
        #expect(lines.count >= 15)
        for line in lines {
            let environment = [
                "KINSHIP_DATABASE_URL": database.url, "KINSHIP_HOME": Fixture.repository, "HOME": home.path,
                "PATH": home.path + "/bin:" + (ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin"),
            ]
            let running = try RunningTool(
                "/bin/bash", ["-c", Self.adapted(line.text, to: database.url)], environment: environment,
                directory: home.path, output: nil)
            running.closeInput()
            let outcome = await running.outcome()
            let isRefused = line.reply.hasPrefix("error:")
            #expect((outcome.status == 0) == !isRefused, "\(line.testDescription)\n\(outcome.errors)")
            let said = isRefused ? outcome.errors : outcome.output
            let shown = line.reply.split(separator: "…", omittingEmptySubsequences: false).first.map(String.init) ?? ""
            #expect(said.hasPrefix(shown), "\(line.testDescription)\n\(said.prefix(300))")
        }
    }
}

// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Foundation
import Kinship
import TestSupport
import Testing

/// What `make install` puts where, and that every command shows how it is used.
@Suite struct InstallTests {
    /// A command, as the program tells it.
    private struct Command {
        var call: String
        var abstract: String
        var discussion: String
    }

    /// All commands.
    private static func commands() async throws -> [Command] {
        let told = try await Tool().run(["--experimental-dump-help"])
        let tool = try #require(try JSONValue(parsing: told.output)["command"])
        func commands(_ json: JSONValue, _ words: [String]) -> [Command] {
            let own = Command(
                call: words.joined(separator: " "), abstract: json["abstract"]?.text ?? "",
                discussion: json["discussion"]?.text ?? "")
            let children = (json["subcommands"]?.elements ?? []).filter { $0["commandName"] != "help" }
            return [own] + children.flatMap { commands($0, words + [$0["commandName"]?.text ?? ""]) }
        }
        return commands(tool, ["kinship"])
    }

    private func install(_ prefix: String) async throws -> Tool.Outcome {
        var environment = ProcessInfo.processInfo.environment
        environment["MAKEFLAGS"] = nil
        let running = try RunningTool(
            "/usr/bin/make", ["install", "PREFIX=\(prefix)", "BINARY=\(Tool.executable)"], environment: environment,
            directory: Fixture.repository, output: nil)
        running.closeInput()
        return await running.outcome()
    }

    @Test func theHelpOfEveryCommandHasTwoExamples() async throws {
        let commands = try await Self.commands()
        #expect(commands.count > 15)
        for command in commands {
            let examples = command.discussion.split(separator: "\n").filter {
                $0.hasPrefix("  ") && $0.contains(command.call)
            }
            #expect(examples.count >= 2, "\(command.call)")
        }
    }

    @Test func theProgramIsInstalledWithAllThatBelongsToIt() async throws {
        let prefix = try SmallShop.folder(of: [:]) + "/usr"
        // Over what is there already.
        try FileManager.default.createDirectory(atPath: prefix + "/bin", withIntermediateDirectories: true)
        try "an older one".write(toFile: prefix + "/bin/kinship", atomically: false, encoding: .utf8)
        let outcome = try await install(prefix)
        #expect(outcome.status == 0, "\(outcome.errors)")
        func text(_ path: String) throws -> String { try String(contentsOfFile: prefix + path, encoding: .utf8) }
        let page = try text("/share/man/man1/kinship.1")
        for command in try await Self.commands() {
            for text in [command.call, command.abstract] {
                #expect(page.contains(text.replacing("-", with: "\\-").replacing("'", with: "\\(aq")), "\(text)")
            }
        }
        #expect(page.contains("\\-\\-big\\-integers\\-as\\-strings"))
        // No line is taken for a request that is none.
        let requests: Set = [".TH", ".SH", ".SS", ".PP", ".TP", ".B", ".nf", ".fi"]
        for line in page.split(separator: "\n") where line.hasPrefix(".") || line.hasPrefix("'") {
            #expect(requests.contains(String(line.prefix { $0 != " " })), "\(line)")
        }
        for (path, word) in [
            ("/share/bash-completion/completions/kinship", "complete"),
            ("/share/zsh/site-functions/_kinship", "#compdef kinship"),
            ("/share/fish/vendor_completions.d/kinship.fish", "complete -c"),
        ] { #expect(try text(path).contains(word)) }
        #expect(try text("/share/kinship/sql/shop/schema.sql").contains("CREATE TABLE"))
        // Without the repository.
        var tool = Tool()
        tool.directory = try SmallShop.folder(of: [:])
        let shop = try await TestDatabase.named("installed")
        let demo = try RunningTool(
            prefix + "/bin/kinship", ["demo", "--database", shop.url],
            environment: ["PATH": "/usr/bin:/bin", "HOME": prefix],
            directory: tool.directory, output: nil)
        demo.closeInput()
        let shown = await demo.outcome()
        #expect(shown.status == 0, "\(shown.errors)")
        #expect(!(try FileManager.default.contentsOfDirectory(atPath: prefix + "/bin").contains { $0 != "kinship" }))
    }
}

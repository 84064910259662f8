// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import ArgumentParser
import Foundation
import MessageText
import RelationPlanner

/// The program's entry: parses, runs, and turns every ending into a message and an exit status.
///
/// Not ArgumentParser's own `main()`: that one leaves SIGINT, a closed output and secrets in wrong arguments to chance.
@main
enum Main {
    static func main() async {
        StandardStreams.fill()
        let interruption = Interruption.shared
        let signals = interruption.listen()
        let work = Task { try await run() }
        interruption.onInterrupt { work.cancel() }
        var status = ExitStatus.success
        do {
            try await work.value
        } catch {
            let failure = Failure(error)
            status = failure.status
            // What a cancelled task says about its cancellation is no news to who pressed Ctrl-C.
            if interruption.status == nil { await Terminal.say(failure.text(for: .standardError)) }
        }
        withExtendedLifetime(signals) {}
        exit((interruption.status ?? status).rawValue)
    }

    private static func run() async throws {
        let command: any ParsableCommand
        do {
            command = try KinshipTool.parseAsRoot(arguments)
            if command is KinshipTool { throw CleanExit.helpRequest(KinshipTool.self) }
            // The parser's own commands, which throw their help.
            if !(command is any AsyncParsableCommand) {
                var command = command
                return try command.run()
            }
        } catch {
            return try await answer(error)
        }
        guard var asynchronous = command as? any AsyncParsableCommand else { return }
        try await asynchronous.run()
    }

    /// What was typed. `import lb3 PROJECT --to DIR` is `import-lb3` said in two words: nothing else that is imported has a `--to`.
    private static var arguments: [String] {
        let words = Array(CommandLine.arguments.dropFirst())
        guard words.starts(with: ["import", "lb3"]),
            words.contains(where: { $0 == "--to" || $0.hasPrefix("--to=") || $0 == "--help" || $0 == "-h" })
        else { return words }
        return ["import-lb3"] + words.dropFirst(2)
    }

    /// Prints help and version on standard output; anything else the parser says is a mistake in the arguments.
    private static func answer(_ error: any Error) async throws {
        // Somebody is in the middle of typing: what can't be completed is no news.
        if CommandLine.arguments.dropFirst().first == "---completion", KinshipTool.exitCode(for: error) != .success {
            return
        }
        // Someone who mistypes --database has the URL among the "unexpected arguments".
        let text = Secrets.masked(KinshipTool.fullMessage(for: error))
        if KinshipTool.exitCode(for: error) == .success {
            try await StandardOutput.shared.write(text + "\n")
        } else if let failure = unknownCommand() {
            await Terminal.say(failure.text(for: .standardError))
            throw Failure(.usage, "")
        } else {
            var lines = text.split(separator: "\n").map { MessageText.message(String($0)) }
            if let first = lines.first, first.hasPrefix("Error: ") {
                lines[0] = Style(for: .standardError)("error: ", .red) + first.dropFirst("Error: ".count)
            }
            await Terminal.say(lines.joined(separator: "\n"))
            throw Failure(.usage, "")
        }
    }

    /// What to say when the first argument should be a command and is none; the parser calls it unexpected.
    private static func unknownCommand() -> Failure? {
        let names = KinshipTool.commandNames + ["help"]
        guard let name = CommandLine.arguments.dropFirst().first, !name.hasPrefix("-"), !names.contains(name) else {
            return nil
        }
        return Failure(
            .usage, "There is no command \"\(name)\".",
            details: ["Usage: kinship <command>; see \"kinship --help\""],
            remedy: Suggestion.hint(for: name, among: names, kind: "commands"))
    }
}

// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import ArgumentParser
import Kinship
import RelationPlanner

/// Whether the plan is printed instead of the records, how much of it is found out, and in which form it is shown.
struct ExplainOptions: ParsableArguments {
    /// A form to show a tree in.
    enum Format: String, CaseIterable {
        case text, json, mermaid, svg
    }

    @Flag(
        name: .long,
        help: "Print the plan instead: its statements, their parameters, the reasons for them and missing indexes.")
    var explain = false

    @Flag(name: .long, help: "With --explain: answer the filter, and tell rows, keys and times.")
    var analyze = false

    @Flag(
        name: .long,
        help: "With --explain: --analyze, and how the server runs each statement (EXPLAIN ANALYZE).")
    var analyzeServer = false

    @Option(
        name: .long,
        help: ArgumentHelp("With --explain: text, json, mermaid or svg. Default: text.", valueName: "format"),
        completion: .list(Choice.words(of: Format.self)), transform: Choice.value)
    var format: Format?

    func validate() throws {
        if !explain {
            for (isGiven, name) in [
                (analyze, "--analyze"), (analyzeServer, "--analyze-server"), (format != nil, "--format"),
            ] where isGiven {
                throw ValidationError("\(name) says how a plan is explained; give it together with --explain.")
            }
        }
        if analyze, analyzeServer {
            throw ValidationError("--analyze-server does all that --analyze does; give one of them.")
        }
    }

    /// How much is found out.
    var analysis: Explanation.Analysis { analyzeServer ? .server : analyze ? .run : .none }

    /// A tree in the form that was asked for, with a newline at its end.
    func written(_ tree: ExplainTree) -> String {
        switch format ?? .text {
        case .text: tree.text() + "\n"
        case .json: tree.json.description + "\n"
        case .mermaid: tree.mermaid() + "\n"
        case .svg: tree.svg()
        }
    }
}

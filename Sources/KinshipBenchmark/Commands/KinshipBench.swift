// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

internal import ArgumentParser

/// Measures the library against a floor written in C.
@main
struct KinshipBench: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "kinship-bench", abstract: "Measures Kinship against a floor written in C.",
        subcommands: [
            CompareCommand.self, ChoicesCommand.self, PlanningCommand.self, ReadinessCommand.self, SharingCommand.self,
            HostileCommand.self, WritesCommand.self, PeakCommand.self, TypedCommand.self,
        ] + servers,
        defaultSubcommand: CompareCommand.self)

    #if Hummingbird
    private static let servers: [any ParsableCommand.Type] = [HTTPCommand.self, ServingCommand.self]
    #else
    private static let servers: [any ParsableCommand.Type] = []
    #endif
}

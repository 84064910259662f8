// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Kinship
import KinshipMigrator
import MessageText

/// Plans and standings, for people and for programs.
enum MigrationReport {
    /// Shows a plan, and fails where something stands against it.
    static func show(_ plan: MigrationPlan, asJSON: Bool, isChecked: Bool) async throws {
        let shown = asJSON ? json(plan).description : TerminalBytes.lines(text(plan), for: .standardOutput)
        try await StandardOutput.shared.write(shown + "\n")
        guard plan.problems.isEmpty else { throw MigratorError.refused(plan.problems) }
        guard isChecked, !plan.steps.isEmpty else { return }
        throw Failure(
            .differences, "The tables aren't what the models ask for: \(plan.steps.count) steps.",
            remedy: "\"kinship migrate apply\" does them, \"kinship migrate new\" makes a file of them")
    }

    /// A plan as SQL with its costs.
    static func text(_ plan: MigrationPlan) -> String {
        // What is stood against isn't nothing.
        var parts = [plan.steps.isEmpty && !plan.problems.isEmpty ? "-- Not as it is." : plan.description]
        if !plan.suggestions.isEmpty {
            let lines = plan.suggestions.flatMap { step in
                step.description.split(separator: "\n").map { $0.hasPrefix("--") ? String($0) : "-- \($0)" }
            }
            parts.append(
                "-- Advised, and no part of the plan; with --advised it is:\n" + lines.joined(separator: "\n"))
        }
        if !plan.steps.isEmpty { parts.append("-- plan \(plan.digest)") }
        return parts.joined(separator: "\n\n")
    }

    /// What was applied, what is still to be done, and how far models and tables differ.
    static func text(_ status: MigrationStatus, _ plan: MigrationPlan) -> String {
        var lines = status.entries.map { entry in
            let word = entry.standing.rawValue
            let time = entry.started.map { "  since \($0)" } ?? ""
            let former = entry.formerName.map { "  applied as " + MessageText.name($0) } ?? ""
            return word + String(repeating: " ", count: 12 - word.count) + MessageText.name(entry.name) + former + time
        }
        switch (plan.steps.count, plan.problems.count) {
        case (0, 0): lines.append("The tables are what the models ask for.")
        case (let steps, 0): lines.append("The tables differ from the models: \(counted(steps, "step")).")
        case (let steps, let problems):
            lines.append(
                "The tables differ from the models: \(counted(steps, "step")), \(counted(problems, "problem")).")
        }
        lines += plan.problems.map { "- \($0)" }
        if !plan.unmanaged.isEmpty {
            lines.append("No model asks for: \(plan.unmanaged.map(MessageText.name).joined(separator: ", ")).")
        }
        return lines.joined(separator: "\n")
    }

    /// A plan as JSON.
    static func json(_ plan: MigrationPlan) -> JSONValue {
        .object([
            .init("steps", .array(plan.steps.map(json))),
            .init(
                "problems",
                .array(
                    plan.problems.map {
                        .object([
                            .init("code", .string($0.code.rawValue)), .init("subject", .string($0.subject)),
                            .init("message", .string($0.message)),
                        ])
                    })),
            .init("unmanaged", .array(plan.unmanaged.map { .string($0) })), .init("digest", .string(plan.digest)),
            .init("suggestions", .array(plan.suggestions.map(json))),
        ])
    }

    /// Where the database stands, as JSON.
    static func json(_ status: MigrationStatus, _ plan: MigrationPlan) -> JSONValue {
        .object([
            .init(
                "migrations",
                .array(
                    status.entries.map {
                        .object([
                            .init("name", .string($0.name)), .init("standing", .string($0.standing.rawValue)),
                            .init("started", $0.started.map { .string($0) } ?? .null),
                            .init("formerName", $0.formerName.map { .string($0) } ?? .null),
                        ])
                    })),
            .init("plan", json(plan)),
        ])
    }

    private static func json(_ step: MigrationStep) -> JSONValue {
        .object([
            .init("change", .string(step.change.title)), .init("table", .string(step.table.shown)),
            .init("name", step.change.name.map { .string($0) } ?? .null), .init("lock", .string(step.lock.name)),
            .init("rewrites", .bool(step.rewrites)), .init("scans", .bool(step.scans)),
            .init("rows", step.rows.map { .number(String($0)) } ?? .null),
            .init("loss", step.loss.map { .string($0) } ?? .null),
            .init("alsoDrops", .array(step.alsoDrops.map { .string($0) })),
            .init("advised", step.advice.map { .string($0) } ?? .null),
            .init("sql", .array(step.statements.map { .string($0.sql) })),
        ])
    }

    private static func counted(_ number: Int, _ word: String) -> String {
        number == 1 ? "1 \(word)" : "\(number) \(word)s"
    }
}

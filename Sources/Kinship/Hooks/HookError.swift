// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import MessageText

/// Hooks that have called for each other without an end in sight.
public struct HookError: ReportableError, Sendable, Hashable, CustomStringConvertible {
    /// The model whose hooks were to run once more.
    public let model: String
    /// How deep they were.
    public let depth: Int

    /// The stable code, for programs.
    public var code: String { report.code }

    /// One sentence: what, where, and the remedy.
    public var message: String {
        MessageText.message(
            "Hooks of \(model) were to run inside of hooks, \(depth) levels deep: they call for each other. Let a hook write only what doesn't lead back to it, or raise Hooks.maximumDepth."
        )
    }

    /// `HOOK_RECURSION`, 500.
    public var report: ErrorReport {
        var report = ErrorReport(.hookRecursion, message)
        report.model = model
        return report
    }

    /// Code and message, on one line.
    public var description: String { "\(code): \(message)" }
}

// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

public import Foundation
import MessageText

/// Nothing tells of a model's changes: its table has no triggers for them.
///
/// ```swift
/// do {
///     for try await event in database.changes(of: "Order") { print(event) }
/// } catch let error as ChangeError {
///     try await database.installChangeTriggers(of: [error.model])
/// }
/// ```
public struct ChangeError: ReportableError, Sendable, Hashable, CustomStringConvertible, LocalizedError {
    /// The model.
    public let model: String
    /// One sentence: what, and the remedy.
    public let message: String

    init(model: String) {
        self.model = model
        message = MessageText.message(
            "Nothing tells of the changes of \(model): \"kinship changes install\" makes the triggers of its table.")
    }

    /// Code and message on one line.
    public var description: String { report.description }

    /// The description.
    public var errorDescription: String? { description }

    /// The code with its status, and the model.
    public var report: ErrorReport {
        var report = ErrorReport(.changesNotInstalled, message)
        report.model = model
        return report
    }
}

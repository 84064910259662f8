// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

/// An error that says itself what it comes to: those of a program that answers requests with Kinship.
///
/// ```swift
/// struct NotYours: ReportableError {
///     var report: ErrorReport { ErrorReport(.init("NOT_YOURS", 403, .permission), "This record is another's.") }
/// }
/// print(ErrorReport(NotYours()).status)  // 403
/// ```
public protocol ReportableError: Error {
    /// Its code, status and message.
    var report: ErrorReport { get }
}

// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import RelationPlanner

/// An import that stored nothing because of records that can't be stored.
///
/// ```swift
/// do {
///     try await database.importRecords(into: "Customer", from: file, format: .csv)
/// } catch let error as ImportError {
///     for record in error.rejected { print(record.line ?? 0, record.report.properties, record.report.message) }
/// }
/// ```
public struct ImportError: ReportableError, CustomStringConvertible {
    /// The model.
    public let model: String
    /// The records at fault: the first one, or as many as were to be collected and one more. Never empty.
    public let rejected: [RejectedRecord]
    /// How many records had been read by then.
    public let records: Int

    /// That of the first record, with its line as the place.
    public var report: ErrorReport {
        var report = rejected.first?.report ?? ErrorReport(.internal, "Nothing is known of the error.")
        let place = rejected.first?.line.map { "line \($0)" }
        report.path = [place, report.path].compactMap(\.self).filter { !$0.isEmpty }.joined(separator: ", ")
        if report.path?.isEmpty == true { report.path = nil }
        report.model = report.model ?? model
        let rest = rejected.count > 1 ? " \(rejected.count - 1) more of \(records) can't be stored." : ""
        report.message += rest + " Nothing was stored."
        return report
    }

    /// Code, line and message on one line.
    public var description: String { report.description }
}

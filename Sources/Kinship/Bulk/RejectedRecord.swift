// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

public import RelationPlanner

/// A record of an import that can't be stored, and why.
public struct RejectedRecord: Sendable, Hashable {
    /// The line its record begins in, from 1; of records that aren't read from text its number. Nil when nobody can tell.
    public let line: Int?
    /// What is wrong, as any error is told: code, status, properties, constraint, all problems of the data.
    public let report: ErrorReport
    /// What it was read from, where that is known: a line of JSON, or of CSV. Values of the record: not for strangers.
    public let source: [UInt8]?

    init(line: Int?, _ report: ErrorReport, source: [UInt8]? = nil) {
        self.line = line
        self.report = report
        self.source = source
    }

    /// Line, reasons and the record, as an object: a line of what `kinship import --rejects` writes.
    public var json: JSONValue {
        var members: [JSONValue.Member] = []
        if let line { members.append(.init("line", .number(String(line)))) }
        members.append(.init("error", report.json))
        if let source {
            let text = String(decoding: source, as: UTF8.self)
            let record = (try? JSONValue(parsing: source)) ?? .string(text)
            members.append(.init("record", record))
        }
        return .object(members)
    }
}

extension RejectedRecord: CustomStringConvertible {
    /// Line, code and message on one line.
    public var description: String { (line.map { "line \($0): " } ?? "") + report.description }
}

// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import HTTPTypes
import Kinship

/// The answer to what went wrong, as LoopBack gives it: `{"error": {"statusCode", "name", "message", "code", "details"}}`, and what it
/// is about: `path`, `model`, `property` and the like.
///
/// What went wrong in the server is not told to strangers: such an answer has status and code alone.
struct ErrorBody {
    let report: ErrorReport
    let retryAfter: Duration?

    init(_ error: any Error, in schema: Schema) {
        report = ErrorReport(error, in: schema)
        let known = (error as? RESTError)?.retryAfter
        retryAfter = known ?? (report.kind.isRepeatable ? .seconds(1) : nil)
    }

    /// Whether the message is for who asked: the fault is the request's, or what the database holds stands against it.
    private var isTold: Bool {
        // What the server says of rights and values names tables, and values that aren't this caller's.
        if let state = report.sqlState, report.code == PostgresError.Code.server.rawValue,
            ["22", "42", "54"].contains(state.prefix(2))
        {
            return false
        }
        return code < 500 || report.fault == .request
    }

    /// The status; a program's own error has one of an error, whatever it says.
    var status: HTTPResponse.Status { .init(code: code) }

    private var code: Int {
        // What was asked for can't be asked for: a failure of the server's, by which monitors go, it is none.
        if report.code == PlannerError.Code.unsupported.rawValue { return 400 }
        return (400...599).contains(report.status) ? report.status : 500
    }

    var json: [UInt8] {
        let isValidation = report.kind == .validationError
        var members: [JSONValue.Member] = [
            .init("statusCode", .number(String(code))),
            .init("name", .string(isValidation ? "ValidationError" : "Error")),
            .init("message", .string(isTold ? report.message : Self.reason(code))),
            .init("code", .string(report.code)),
        ]
        if isTold {
            // The rest says what it is about.
            let said = ["code", "status", "message", "problems", "sqlState"]
            members += (report.json.members ?? []).filter { !said.contains($0.key) }
            if !report.problems.isEmpty { members.append(.init("details", details)) }
        }
        return JSONValue.object([.init("error", .object(members))]).bytes
    }

    /// What is wrong with data, by property.
    private var details: JSONValue {
        var codes: [JSONValue.Member] = []
        var messages: [JSONValue.Member] = []
        for property in report.properties {
            let problems = report.problems.filter { $0.property == property }
            codes.append(.init(property, .array(problems.map { .string($0.code.rawValue) })))
            messages.append(.init(property, .array(problems.map { .string($0.message) })))
        }
        return ["context": .string(report.model ?? ""), "codes": .object(codes), "messages": .object(messages)]
    }

    private static func reason(_ status: Int) -> String {
        switch status {
        case 403: "Forbidden"
        case 422: "The database can't hold or reckon with such values."
        case 503: "Service Unavailable"
        case 504: "Gateway Timeout"
        default: "Internal Server Error"
        }
    }
}

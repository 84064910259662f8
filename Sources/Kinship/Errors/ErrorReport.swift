// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Libpq
import MessageText
public import RelationPlanner

/// What any error comes to for whoever has to answer for it: the one place that gives errors HTTP statuses, stable codes, exit
/// codes, and the names of what they are about.
///
/// ```swift
/// do {
///     let graph = try await database.find("Customer", filter: #"{"where": {"nope": 1}}"#)
///     print(graph.count)
/// } catch {
///     let report = ErrorReport(error, in: database.schema)
///     print(report.status, report.code, report.json)  // 400 UNKNOWN_PROPERTY {"code":"UNKNOWN_PROPERTY","status":400,…}
/// }
/// ```
///
/// Errors of a program's own take part as ``ReportableError``; any other is `INTERNAL`, status 500.
public struct ErrorReport: Sendable, Hashable, CustomStringConvertible {
    /// Code, status and whose fault it is, which belong together.
    public var kind: Kind
    /// One sentence: what, where, and the remedy. What a terminal or a log would obey is escaped in it.
    public var message: String
    /// The place inside the filter or the definition.
    public var path: String?
    /// The file a definition was read from.
    public var file: String?
    /// The model it is about.
    public var model: String?
    /// The properties it is about; hidden ones are never among those of a violated constraint.
    public var properties: [String] = []
    /// All that is wrong with data.
    public var problems: [ValidationError.Problem] = []
    /// The relation it is about.
    public var relation: String?
    /// The operator it is about.
    public var `operator`: String?
    /// The constraint that was violated.
    public var constraint: String?
    /// The server's SQLSTATE.
    public var sqlState: String?

    /// A report of an error of one's own; see ``ReportableError``.
    public init(_ kind: Kind, _ message: String) {
        self.kind = kind
        self.message = MessageText.message(message)
    }

    /// The stable code, for programs.
    public var code: String { kind.code }
    /// The HTTP status that fits.
    public var status: Int { kind.status }
    /// Whose turn it is to do something about it.
    public var fault: Fault { kind.fault }
    /// The property it is about, where it is about one.
    public var property: String? { properties.count == 1 ? properties[0] : nil }

    /// Code, place and message on one line, fit for a terminal and a log.
    public var description: String {
        let place = [file, path].compactMap(\.self).filter { !$0.isEmpty }.map(MessageText.name)
            .joined(separator: ": ")
        return place.isEmpty ? "\(code): \(message)" : "\(code) at \(place): \(message)"
    }

    /// Code, status, message and the names there are, as an object: what a REST answer or a line of a batch holds.
    ///
    /// Not the file of a definition, nor anything the server says of rows.
    public var json: JSONValue {
        var members: [JSONValue.Member] = [
            .init("code", .string(code)), .init("status", .number(String(status))), .init("message", .string(message)),
        ]
        func add(_ key: String, _ text: String?) {
            if let text { members.append(.init(key, .string(text))) }
        }
        add("path", path)
        add("model", model)
        add("property", property)
        if properties.count > 1 { members.append(.init("properties", .array(properties.map { .string($0) }))) }
        add("relation", relation)
        add("operator", `operator`)
        add("constraint", constraint)
        add("sqlState", sqlState)
        if !problems.isEmpty { members.append(.init("problems", .array(problems.map(\.json)))) }
        return .object(members)
    }
}

extension ErrorReport {
    /// What an error comes to.
    ///
    /// - Parameters:
    ///   - error: any error at all.
    ///   - schema: names model and properties of a violated constraint; see ``ConstraintViolation``.
    public init(_ error: any Error, in schema: Schema? = nil) {
        switch error {
        case let error as any ReportableError: self = error.report
        case let error as PlannerError: self.init(planner: error)
        case let error as SchemaError: self.init(schema: error)
        case let error as ValidationError: self.init(validation: error)
        case let error as PostgresError:
            if let violation = ConstraintViolation(error, in: schema) {
                self = violation.report
            } else {
                self.init(Kind(error), error.message)
                sqlState = error.sqlState
                constraint = error.server?.constraintName
            }
        case is CancellationError: self.init(.cancelled, "The task was cancelled.")
        default: self.init(.internal, "\(error)")
        }
    }

    private init(planner error: PlannerError) {
        var kind = error.code.kind
        kind.status = error.status
        self.init(kind, error.message)
        (path, file, model) = (error.path, error.file, error.model)
        (relation, `operator`) = (error.relation, error.operator)
        properties = error.property.map { [$0] } ?? []
    }

    private init(validation error: ValidationError) {
        let isOfRequest = error.status == PlannerError.Code.invalidValue.status
        self.init(isOfRequest ? PlannerError.Code.invalidValue.kind : .validationError, error.message)
        (path, model) = (error.problems.first?.path, error.model)
        for problem in error.problems where !properties.contains(problem.property) {
            properties.append(problem.property)
        }
        problems = error.problems
    }

    private init(schema error: SchemaError) {
        if let problem = error.problems.first, error.problems.count == 1 {
            self.init(planner: problem)
        } else {
            self.init(PlannerError.Code.invalidDefinition.kind, error.description)
        }
    }
}

extension ValidationError.Problem {
    /// Place, code and message as an object.
    fileprivate var json: JSONValue {
        [
            "path": .string(path), "property": .string(property), "code": .string(code.rawValue),
            "message": .string(message),
        ]
    }
}

// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

public import RelationPlanner

/// Arguments that a method of the program's own can't be called with, all that is wrong with them at once: `INVALID_ARGUMENTS`, 400.
///
/// ```swift
/// do {
///     _ = try await database.call("Product", id: 1, relation: "images", method: "reorder", ["ids": "none"])
/// } catch let error as ArgumentError {
///     for problem in error.problems { print(problem.property, problem.code.rawValue, problem.message) }
/// }
/// ```
public struct ArgumentError: Error, Sendable, Hashable, ReportableError, CustomStringConvertible {
    /// The method, with its model and relation: `Product.images.reorder`.
    public internal(set) var method: String
    /// The problems: `presence` where there is none, `type` where it is another than the parameter takes, `absence` where there is no
    /// such parameter; never empty.
    public let problems: [ValidationError.Problem]

    init(method: String, _ problems: [ValidationError.Problem]) {
        self.method = method
        self.problems = problems
    }

    init(_ parameter: MethodParameterDefinition, isMissing: Bool) {
        self.init(method: "", [parameter.problem(isMissing: isMissing)])
    }

    /// One sentence that names all of them.
    public var message: String {
        let list = problems.map { "`\($0.path)` \($0.message)" }.joined(separator: "; ")
        return "\(method) can't be called so: \(list)."
    }

    /// Code, status, message and problems.
    public var report: ErrorReport {
        var report = ErrorReport(.invalidArguments, message)
        report.path = problems.first?.path
        report.properties = problems.map(\.property)
        report.problems = problems
        return report
    }

    /// Code and message, on one line.
    public var description: String { report.description }
}

extension MethodParameterDefinition {
    /// What is wrong with its argument.
    func problem(isMissing: Bool) -> ValidationError.Problem {
        isMissing
            ? .init(.presence, at: name, property: name, "is missing: give \(type.expectation)")
            : .init(.type, at: name, property: name, "has to be \(type.expectation)")
    }
}

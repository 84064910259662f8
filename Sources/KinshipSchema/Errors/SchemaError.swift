// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

/// Every problem found in a set of definitions, at once.
public struct SchemaError: Error, Sendable, Hashable, CustomStringConvertible {
    /// The problems; never empty.
    public let problems: [PlannerError]

    /// An error of the problems found; give one at least.
    public init(_ problems: [PlannerError]) {
        self.problems = problems
    }

    /// One line per problem, with file and path.
    public var description: String {
        let lines = problems.map { "- \($0)" }
        let count = problems.count == 1 ? "1 problem" : "\(problems.count) problems"
        return (["\(count) in the model definitions:"] + lines).joined(separator: "\n")
    }
}

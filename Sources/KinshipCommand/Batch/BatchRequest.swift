// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import RelationPlanner

/// One line of the input.
struct BatchRequest {
    let line: Int
    let model: String
    let operation: Operation
    private let json: JSONValue

    /// Parses a line.
    ///
    /// - Throws: ``BatchError``.
    init(_ bytes: [UInt8], line: Int) throws {
        self.line = line
        do {
            // Deeper than any filter may be, so that it is the filter that is found too deep.
            json = try JSONValue(parsing: bytes, maximumDepth: 512)
        } catch {
            throw BatchError(.invalidJSON, line: line, "Line \(line): \(error.message)")
        }
        guard json.members != nil else {
            throw BatchError(
                .invalidRequest, line: line, "Line \(line) is no JSON object; give {\"model\": …, \"op\": …}.")
        }
        guard let model = json["model"]?.text else {
            throw BatchError(
                .invalidRequest, line: line, path: "model",
                "Line \(line) names no model; give it as a string in \"model\".")
        }
        guard let name = json["op"]?.text else {
            throw BatchError(
                .invalidRequest, line: line, path: "op",
                "Line \(line) names no operation; give it as a string in \"op\".")
        }
        guard let operation = Operation.named(name) else {
            let known = Operation.all.map(\.name).joined(separator: ", ")
            throw BatchError(
                .unknownOperation, line: line, path: "op",
                "Line \(line): there is no operation \"\(name)\"; there are \(known).")
        }
        self.model = model
        self.operation = operation
    }

    /// A member; nil when it is missing or null.
    subscript(key: String) -> JSONValue? {
        guard let value = json[key], value != .null else { return nil }
        return value
    }

    /// A member that the operation can't do without.
    func required(_ key: String) throws -> JSONValue {
        guard let value = json[key] else {
            throw BatchError(
                .invalidRequest, line: line, path: key,
                "Line \(line): the operation \"\(operation.name)\" needs a member \"\(key)\".")
        }
        return value
    }

    /// A string that the operation can't do without.
    func text(_ key: String) throws -> String {
        guard let text = try required(key).text else { throw misfit(key, "a string") }
        return text
    }

    /// A list that the operation can't do without.
    func list(_ key: String) throws -> [JSONValue] {
        guard let elements = try required(key).elements else { throw misfit(key, "an array") }
        return elements
    }

    /// A list of strings that the operation can't do without.
    func texts(_ key: String) throws -> [String] {
        try list(key).map { element in
            guard let text = element.text else { throw misfit(key, "an array of strings") }
            return text
        }
    }

    private func misfit(_ key: String, _ kind: String) -> BatchError {
        BatchError(.invalidRequest, line: line, path: key, "Line \(line): \"\(key)\" has to be \(kind).")
    }
}

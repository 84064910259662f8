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
    /// - Parameter operations: what it may ask for.
    /// - Throws: ``BatchError``.
    init(_ bytes: [UInt8], line: Int, among operations: [Operation]) throws {
        self.line = line
        do {
            // Deeper than any filter may be, so that it is the filter that is found too deep.
            json = try JSONValue(parsing: bytes, maximumDepth: 512)
        } catch {
            throw BatchError(.invalidJSON, line: line, "Line \(line): \(error.message)")
        }
        guard json.members != nil else {
            throw BatchError(
                .invalidRequest, line: line, "Line \(line) isn't a JSON object; give {\"model\": …, \"op\": …}.")
        }
        guard let model = json[Member.model.rawValue]?.text else {
            throw BatchError(
                .invalidRequest, line: line, path: Member.model.rawValue,
                "Line \(line) names no model; give it as a string in \"model\"." + Self.hint(json, .model))
        }
        guard let name = json[Member.op.rawValue]?.text else {
            throw BatchError(
                .invalidRequest, line: line, path: Member.op.rawValue,
                "Line \(line) names no operation; give it as a string in \"op\"." + Self.hint(json, .op))
        }
        guard let operation = operations.first(where: { $0.name == name }) else {
            let hint = Suggestion.hint(for: name, among: operations.map(\.name), kind: "operations")
            throw BatchError(
                .unknownOperation, line: line, path: Member.op.rawValue,
                "Line \(line): there is no operation \"\(name)\"; \(hint)" + (hint.hasSuffix("?") ? "" : "."))
        }
        self.model = model
        self.operation = operation
        try checkSpelling()
    }

    /// Members that nobody knows are ignored, for a request may carry a label; but not one that was mistyped or stands in
    /// the wrong place: a filter that isn't seen asks for every record.
    private func checkSpelling() throws {
        let taken = operation.required + operation.optional
        for key in (json.members ?? []).map(\.key) where key != Member.model.rawValue && key != Member.op.rawValue {
            if taken.contains(where: { $0.rawValue == key }) { continue }
            var remedy: String?
            if taken.contains(.filter), FilterReader.filterKeys.contains(key) {
                remedy = "it belongs inside \"filter\"."
            } else if Member(rawValue: key) != nil {
                remedy =
                    "it takes "
                    + (taken.isEmpty ? "none." : taken.map { "\"\($0.rawValue)\"" }.joined(separator: ", ") + ".")
            } else if key.count > 3 {
                let missing = taken.filter { json[$0.rawValue] == nil }.map(\.rawValue)
                remedy = Suggestion.nearest(to: key, among: missing).map { "did you mean \"\($0)\"?" }
            }
            if let remedy {
                throw BatchError(
                    .invalidRequest, line: line, path: key,
                    "Line \(line): the operation \"\(operation.name)\" takes no member \"\(key)\"; \(remedy)")
            }
        }
    }

    /// Which member was probably mistyped, when one is missing.
    private static func hint(_ json: JSONValue, _ missing: Member) -> String {
        let others = (json.members ?? []).map(\.key).filter { Member(rawValue: $0) == nil }
        return Suggestion.nearest(to: missing.rawValue, among: others).map { " Is \"\($0)\" meant to be it?" } ?? ""
    }

    /// A member; nil when it is missing or null.
    subscript(member: Member) -> JSONValue? {
        guard let value = json[member.rawValue], value != .null else { return nil }
        return value
    }

    /// A member that the operation can't do without.
    func required(_ member: Member) throws -> JSONValue {
        guard let value = json[member.rawValue] else {
            throw BatchError(
                .invalidRequest, line: line, path: member.rawValue,
                "Line \(line): the operation \"\(operation.name)\" needs a member \"\(member.rawValue)\", \(member.meaning)."
            )
        }
        return value
    }

    /// A string that the operation can't do without.
    func text(_ member: Member) throws -> String {
        guard let text = try required(member).text else { throw misfit(member, "a string") }
        return text
    }

    /// A list that the operation can't do without.
    func list(_ member: Member) throws -> [JSONValue] {
        guard let elements = try required(member).elements else { throw misfit(member, "an array") }
        return elements
    }

    /// A list of strings that the operation can't do without.
    func texts(_ member: Member) throws -> [String] {
        try list(member).map { element in
            guard let text = element.text else { throw misfit(member, "an array of strings") }
            return text
        }
    }

    private func misfit(_ member: Member, _ kind: String) -> BatchError {
        BatchError(
            .invalidRequest, line: line, path: member.rawValue,
            "Line \(line): \"\(member.rawValue)\" has to be \(kind): \(member.meaning).")
    }
}

// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Foundation
import RelationPlanner
import TestSupport
import Testing

/// One case of the corpus.
struct Case: Sendable, CustomTestStringConvertible {
    let name: String
    let model: String
    let operation: String
    let json: JSONValue

    var testDescription: String { name }

    /// Every case of the corpus that reads.
    static func all() throws -> [Case] {
        try ["read", "beyond"].flatMap { file in try lines("\(file).jsonl").map { try Case($0) } }
    }

    /// The JSON lines of a file of the corpus.
    static func lines(_ file: String) throws -> [JSONValue] {
        let path = Repository.path("Tests/Fixtures/conformance/\(file)")
        return try String(contentsOfFile: path, encoding: .utf8).split(separator: "\n").map { line in
            try JSONValue(parsing: String(line), maximumDepth: 512)
        }
    }

    init(_ json: JSONValue) throws {
        name = try #require(json["name"]?.text)
        model = try #require(json["model"]?.text)
        operation = try #require(json["op"]?.text)
        self.json = json
    }

    /// An input of the operation, nil when it is missing or null.
    subscript(key: String) -> JSONValue? {
        guard let value = json[key], value != .null else { return nil }
        return value
    }

    /// An input that the operation can't do without.
    func required(_ key: String) throws -> JSONValue { try #require(json[key], "\(name) lacks \"\(key)\"") }

    func requiredText(_ key: String) throws -> String { try #require(json[key]?.text, "\(name) lacks \"\(key)\"") }

    func requiredTexts(_ key: String) throws -> [String] {
        try #require(json[key]?.elements, "\(name) lacks \"\(key)\"").map { try #require($0.text) }
    }

    /// How many statements LoopBack sent, nil when that wasn't captured.
    var baseline: Int? {
        guard case .number(let text)? = json["loopback"]?["statements"] else { return nil }
        return Int(text)
    }
}

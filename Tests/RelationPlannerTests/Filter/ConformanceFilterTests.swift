// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Testing

@testable import RelationPlanner

@Suite struct ConformanceFilterTests {
    /// Every filter, where and include of the corpus gives a checked value that resolves, or the error that is expected.
    @Test(arguments: ["read.jsonl", "beyond.jsonl", "write.jsonl"])
    func everyFilterIsJudgedAsExpected(file: String) throws {
        let schema = try Conformance.schema.get()
        for json in try Conformance.cases(file) {
            let name = try #require(json["name"]?.text)
            let model = try schema.id(of: try #require(json["model"]?.text))
            let expected = json["expect"]?["error"]
            do {
                try check(json, schema, model)
                // Errors that only the data can show are none of the filter's.
                let code = expected?["code"]?.text
                let isData =
                    code == nil || ["MODEL_NOT_FOUND", "VALIDATION_ERROR", "CONSTRAINT_VIOLATION"].contains(code)
                #expect(isData || file == "write.jsonl", "\(name): an error \(code ?? "") is expected")
            } catch let error as PlannerError {
                guard let expected else {
                    Issue.record("\(name): \(error)")
                    continue
                }
                #expect(expected["status"] == .number("\(error.status)"), "\(name): \(error)")
                if expected["codeProposed"] == nil {
                    #expect(expected["code"]?.text == error.code.rawValue, "\(name): \(error)")
                }
                if let path = expected["path"]?.text {
                    #expect(error.path?.hasPrefix(path) == true, "\(name): \(error)")
                }
                if let model = expected["model"]?.text { #expect(error.model == model, "\(name): \(error)") }
                if let property = expected["property"]?.text {
                    #expect(error.property == property, "\(name): \(error)")
                }
                if let relation = expected["relation"]?.text {
                    #expect(error.relation == relation, "\(name): \(error)")
                }
                if let word = expected["operator"]?.text { #expect(error.operator == word, "\(name): \(error)") }
            }
        }
    }

    private func check(_ json: JSONValue, _ schema: Schema, _ model: Model.ID) throws {
        var target = model
        if let name = json["relation"]?.text, let relation = schema[model].relation(name) {
            guard let id = relation.target else { return }
            target = id
        }
        if let filter = json["filter"] {
            let checked = try schema.filter(filter, for: target)
            let resolved = try Conformance.scoped.get().resolved(checked, for: target)
            let (shape, values) = resolved.parameterized()
            #expect(shape.parameterized().values.isEmpty)
            #expect(
                try Conformance.scoped.get().resolved(try schema.filter(filter, for: target), for: target)
                    .parameterized().values
                    == values)
        }
        if let condition = json["where"] { _ = try schema.where(condition, for: target) }
        if let include = json["include"] { _ = try schema.include(include, for: target) }
        for scope in json["scopes"]?.elements ?? [json["scope"] ?? .null] {
            guard let name = scope.text else { continue }
            _ = try Conformance.scoped.get().scoped(Filter(), by: .named(name), of: target)
        }
    }
}

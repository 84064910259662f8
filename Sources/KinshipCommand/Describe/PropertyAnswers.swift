// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Kinship

/// A property as somebody asks for it.
struct PropertyAnswers {
    /// What a property can be.
    static let types = ["string", "number", "boolean", "date", "object", "geopoint", "buffer", "any"]

    var name = ""
    /// A type, or one in square brackets for a list.
    var type = "string"
    var isRequired = false
    var isKey = false
    var isGenerated = false
    var isIndexed = false
    var isUnique = false
    var isHidden = false
    var defaultValue: JSONValue?
    var defaultFunction: String?
    var length: Int?
    var summary: String?
    var column: String?
    var dataType: String?

    /// The property as a model file has it.
    var json: JSONValue {
        var members: [JSONValue.Member] = []
        func add(_ key: String, _ value: JSONValue?) {
            if let value { members.append(.init(key, value)) }
        }
        func add(_ key: String, _ flag: Bool) {
            if flag { members.append(.init(key, .bool(true))) }
        }
        add("type", element.map { .array([.string($0)]) } ?? .string(type))
        add("id", isKey)
        add("generated", isGenerated)
        add("required", isRequired)
        add("index", isIndexed)
        add("unique", isUnique)
        add("hidden", isHidden)
        add("length", length.map { .number(String($0)) })
        add("default", defaultValue)
        add("defaultFn", defaultFunction.map { .string($0) })
        add("description", summary.map { .string($0) })
        var mapping: [JSONValue.Member] = []
        if let column { mapping.append(.init("columnName", .string(column))) }
        if let dataType { mapping.append(.init("dataType", .string(dataType))) }
        if !mapping.isEmpty { add("postgresql", .object(mapping)) }
        return .object(members)
    }

    /// What a list is of.
    private var element: String? { Self.element(of: type) }

    private static func element(of type: String) -> String? {
        type.hasPrefix("[") && type.hasSuffix("]") ? String(type.dropFirst().dropLast()) : nil
    }

    /// Why there is no such type; nil where there is.
    static func problem(withType type: String, in schema: Schema) -> GeneratorError? {
        let name = element(of: type) ?? type
        guard !types.contains(name), schema.model(name) == nil else { return nil }
        return GeneratorError(
            .invalidFlag, "--type", "There is no type \"\(name)\".",
            remedy: Suggestion.hint(for: name, among: types, kind: "types"))
    }

    /// Why a property can't be called so; nil where it can.
    static func problem(withName name: String, of model: Model?) -> GeneratorError? {
        guard MemberName.isUsable(name) else {
            return GeneratorError(
                .invalidFlag, "--name", "\"\(name)\" can't be the name of a property.",
                remedy: "name it with letters and digits, such as \"email\"")
        }
        guard let model else { return nil }
        let isTaken =
            model.relation(name) != nil || model.properties.contains { $0.name == name && !$0.isImplied }
        guard isTaken else { return nil }
        let what = model.relation(name) != nil ? "relation" : "property"
        return GeneratorError(
            .nameTaken, "--name", "\(model.name) has a \(what) called \"\(name)\".", remedy: "give another --name")
    }

    /// Why a text can't be the default; nil where it can.
    static func problem(withDefault text: String, of type: String) -> String? {
        do throws(GeneratorError) {
            _ = try value(text, of: type)
            return nil
        } catch { return error.message }
    }

    /// A default as it was typed: JSON, and of a string the text itself.
    static func value(_ text: String, of type: String) throws(GeneratorError) -> JSONValue {
        if type == "string" { return .string(text) }
        do { return try JSONValue(parsing: Array(text.utf8)) } catch {
            if type == "date" { return .string(text) }
            throw GeneratorError(
                .invalidFlag, "--default", "It isn't JSON: \(error.message)", remedy: "write it as JSON: 0, true, [] …")
        }
    }
}

// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import RelationPlanner

/// The arguments of a call, by the names of parameters.
struct MethodArguments: Sendable {
    private let values: [String: JSONValue]

    /// - Throws: ``ArgumentError`` for what is no object, and arguments that no parameter is for, with the one that was probably meant.
    init(_ json: JSONValue, of method: MethodDefinition, called name: String) throws(ArgumentError) {
        let names = method.parameters.map(\.name)
        // The whole body may be given as what it is.
        guard let members = json.members else {
            guard method.parameters.count == 1, json != .null || !method.parameters[0].isRequired else {
                throw ArgumentError(
                    method: name,
                    [
                        .init(
                            .type, at: "arguments", property: "arguments",
                            "have to be an object by the names of parameters")
                    ])
            }
            values = json == .null ? [:] : [names[0]: json]
            return
        }
        var values: [String: JSONValue] = [:]
        var problems: [ValidationError.Problem] = []
        for member in members {
            guard let parameter = method.parameters.first(where: { $0.name == member.key }) else {
                let hint = Suggestion.text(for: member.key, among: names)
                problems.append(
                    .init(.absence, at: member.key, property: member.key, "is no parameter of it.\(hint) Leave it out"))
                continue
            }
            let source = method.source(of: parameter)
            values[member.key] =
                source == .query || source == .path ? member.value.read(as: parameter.type) : member.value
        }
        guard problems.isEmpty else { throw ArgumentError(method: name, problems) }
        self.values = values
    }

    subscript(name: String) -> JSONValue? { values[name] }
}

extension JSONValue {
    /// A text of a path or a query as what it stands for there, where a parameter takes no text.
    fileprivate func read(as type: MethodType) -> JSONValue {
        switch (self, type) {
        case (.string(let text), .boolean) where text == "true" || text == "false": .bool(text == "true")
        case (.string(let text), .integer), (.string(let text), .number):
            text.utf8.allSatisfy("+-.0123456789Ee".utf8.contains) && Double(text) != nil ? .number(text) : self
        case (.string(let text), .array(let element)):
            text.hasPrefix("[")
                ? (try? JSONValue(parsing: text)) ?? self : .array([JSONValue.string(text).read(as: element)])
        case (.array(let elements), .array(let element)): .array(elements.map { $0.read(as: element) })
        case (.string(let text), .object), (.string(let text), .any), (.string(let text), .model):
            text.hasPrefix("{") || text.hasPrefix("[") ? (try? JSONValue(parsing: text)) ?? self : self
        default: self
        }
    }
}

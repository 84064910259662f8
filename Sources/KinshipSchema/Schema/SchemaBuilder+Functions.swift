// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

extension SchemaBuilder {
    /// Tells of functions of a relation that can't be where they are.
    mutating func checkFunctions(_ definition: RelationDefinition, _ source: Int, _ path: String) {
        let isToMany = definition.kind.isToMany
        if definition.propertiesFunction != nil, !definition.properties.isEmpty {
            problem(
                source, path + ".properties",
                "\"properties\" are given as a list and as a function; leave one of them out.",
                relation: definition.name)
        }
        if isToMany, !definition.methods.isEmpty {
            problem(
                source, path + ".methods",
                "\"methods\" are those of a relation to one record; give those of \"\(definition.name)\" as scopeMethods.",
                relation: definition.name)
        }
        if !isToMany, !definition.scopeMethods.isEmpty {
            problem(
                source, path + ".scopeMethods",
                "\"scopeMethods\" are those of a relation to many records; give those of \"\(definition.name)\" as methods.",
                relation: definition.name)
        }
        for method in definition.scopeMethods + definition.methods {
            let place = path + (isToMany ? ".scopeMethods." : ".methods.") + method.name
            for fault in method.faults(as: [.relation]) {
                problem(source, place, fault, relation: definition.name)
            }
        }
    }

    /// Tells of methods of a model that can't be.
    mutating func checkMethods(_ index: Int) {
        for method in drafts[index].definition.methods {
            for fault in method.faults(as: [.model, .record]) { problem(index, "methods.\(method.name)", fault) }
        }
    }
}

extension MethodDefinition {
    /// What is wrong with a method, as one of some subjects.
    fileprivate func faults(as subjects: [Subject]) -> [String] {
        var faults: [String] = []
        if !subjects.contains(subject) {
            faults.append("The method is one of a \(subject.rawValue); it can't be attached here.")
        }
        if name.isEmpty || name.contains(where: { "/:?#.".contains($0) || $0.isWhitespace }) {
            faults.append("\"\(name)\" is no name of a method; write letters, digits and underscores.")
        }
        var seen: Set<String> = []
        for parameter in parameters where !seen.insert(parameter.name).inserted {
            faults.append("The parameter \"\(parameter.name)\" is there twice.")
        }
        for name in pathParameters where !seen.contains(name) {
            let hint = Suggestion.text(for: name, among: parameters.map(\.name))
            faults.append("The path names \":\(name)\", which is no parameter of the method.\(hint)")
        }
        for parameter in parameters
        where parameter.givenSource == .path && !pathParameters.contains(parameter.name) {
            faults.append("The path \(path) doesn't name \":\(parameter.name)\", which is to be in it.")
        }
        let sources = parameters.map { source(of: $0) }
        if sources.count(where: { $0 == .body }) > 1 || (sources.contains(.body) && sources.contains(.form)) {
            faults.append("The whole body can be one parameter only, without others that are members of it.")
        }
        return faults
    }
}

// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

/// Something in definitions that doesn't work, and what has to be left out for the rest to work.
package struct DefinitionMistake {
    /// A part of a model that the rest can do without.
    package enum Part: Hashable {
        case relation(model: String, name: String)
        case property(model: String, name: String)
        case scope(model: String, name: String)
    }

    var error: PlannerError
    /// What is left out; nil for what can't be.
    var parts: [Part]?

    package init(error: PlannerError, parts: [Part]? = nil) {
        self.error = error
        self.parts = parts
    }

    /// What is told where it is left out.
    var warning: DefinitionWarning {
        let isLeftOut = parts?.isEmpty == false
        return DefinitionWarning(
            isLeftOut ? .leftOut : .unknownName, isLeftOut ? error.message + " It is left out." : error.message,
            file: error.file, path: error.path, model: error.model, property: error.property, relation: error.relation)
    }
}

/// Where follow-ups of mistakes are to be expected, which nobody wants to read.
package struct BrokenParts {
    /// Relations that couldn't be made, by model and name.
    var relations: Set<[String]> = []
    /// Models that lack what they should inherit.
    var models: Set<String> = []

    /// Whether an error, as a filter's check gives it, is only a follow-up.
    package func explains(_ error: PlannerError) -> Bool {
        guard let model = error.model else { return false }
        if models.contains(model) { return true }
        switch error.code {
        case .unknownRelation: return error.relation.map { relations.contains([model, $0]) } ?? false
        case .unknownProperty:
            let name = error.property?.split(separator: ".").first.map(String.init) ?? ""
            return relations.contains([model, name])
        default: return false
        }
    }
}

// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

extension Model {
    /// Whether REST has routes for it.
    package var isOffered: Bool { isPersisted && definition.isPublic }

    /// The words of the path of its routes: those of `http.path`, else the plural.
    package var pathWords: [String] {
        (definition.httpPath ?? plural).split(separator: "/").map(String.init)
    }
}

extension Schema {
    /// Warns of models whose routes would have the same paths: the first one has them.
    mutating func noteSharedPaths() {
        var owners: [[String]: Model] = [:]
        for model in models where model.isOffered {
            guard let owner = owners[model.pathWords] else {
                owners[model.pathWords] = model
                continue
            }
            let path = "/" + model.pathWords.joined(separator: "/")
            warnings.append(
                DefinitionWarning(
                    .sharedPath,
                    "\(owner.name) and \(model.name) have the same path, \(path): requests to it are about \(owner.name).",
                    file: model.definition.file, path: model.definition.httpPath == nil ? "plural" : "http.path",
                    model: model.name))
        }
    }
}

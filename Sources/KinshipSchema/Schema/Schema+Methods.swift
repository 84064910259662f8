// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

/// A method of a program's own with the place it is called at.
public struct AttachedMethod: Sendable, Hashable {
    /// The model whose it is.
    public let model: String
    /// The relation; nil for a method of the model or of a record.
    public let relation: String?
    /// What it is called, takes and gives.
    public let method: MethodDefinition
    /// The path below the root of an API, with parameters as `:name`: `/Products/:id/images/reorder`.
    public let path: String
}

extension Schema {
    /// All methods of the program's own, by model and relation in their order.
    ///
    /// ```swift
    /// for attached in schema.methods { print(attached.method.verb.rawValue, attached.path) }
    /// ```
    public var methods: [AttachedMethod] {
        models.flatMap { model in
            let path = "/" + model.pathWords.joined(separator: "/")
            let own = model.definition.methods.map { method in
                AttachedMethod(
                    model: model.name, relation: nil, method: method,
                    path: path + (method.subject == .record ? "/:id" : "") + method.path)
            }
            return own
                + model.relations.flatMap { relation in
                    let definition = relation.definition
                    let part = definition.httpPath ?? relation.name
                    return (definition.scopeMethods + definition.methods).map { method in
                        AttachedMethod(
                            model: model.name, relation: relation.name, method: method,
                            path: path + "/:id" + (part.hasPrefix("/") ? part : "/\(part)") + method.path)
                    }
                }
        }
    }
}

// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

/// The copies of a schema that are kept right (`sync`): each stands where the key stands by which its source is found.
package struct KeptCopies: Sendable {
    /// What rows of one model copy of the row of another one that they refer to.
    package struct Group: Sendable, Hashable {
        /// Two properties, the holder's and the source's.
        package struct Pair: Sendable, Hashable {
            package let holder: Property.ID
            package let source: Property.ID
        }

        /// The model whose rows have the copies.
        package let holder: Model.ID
        /// The model whose values they are.
        package let source: Model.ID
        /// The key that refers to the source.
        package let key: [Pair]
        /// The property that has to have the name of a type, of polymorphic relations.
        package let type: Property.ID?
        /// That name.
        package let typeName: String?
        /// What is copied.
        package internal(set) var copies: [Pair]
    }

    /// All of them.
    package internal(set) var groups: [Group] = []

    /// Those that rows of a model have.
    package func held(by model: Model.ID) -> [Group] { groups.filter { $0.holder == model } }

    /// Those that others have of rows of a model.
    package func taken(from model: Model.ID) -> [Group] { groups.filter { $0.source == model } }
}

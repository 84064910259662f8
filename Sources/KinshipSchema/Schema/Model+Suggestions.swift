// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

extension Model {
    /// ` Is "name" meant?` for a property the model doesn't have. What is not shown is not named either.
    ///
    /// - Parameter isNested: inside an include, where protected properties are out of bounds.
    package func suggestion(forProperty name: String, isNested: Bool = false) -> String {
        Suggestion.text(
            for: name,
            among: properties.lazy.filter { !$0.isHidden && !(isNested && $0.isProtected) }.map(\.name))
    }

    /// ` Is "orders" meant?` for a relation the model doesn't have.
    package func suggestion(forRelation name: String, isNested: Bool = false) -> String {
        Suggestion.text(
            for: name,
            among: relations.lazy.filter { !$0.isHidden && !(isNested && $0.isProtected) }.map(\.name))
    }
}

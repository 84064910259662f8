// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

/// A key that a relation may go by.
struct KeyProposal: Hashable {
    /// What is known of it.
    enum Origin: Hashable {
        /// A relation the other way round has it, or one of a link model.
        case relation(String)
        /// The database has a foreign key that says so.
        case constraint
        /// The model has properties of the name.
        case property
        /// It would be made.
        case new
    }

    /// The properties.
    var properties: [String]
    /// Its column, where no property has it yet and it isn't called like the property in lower case.
    var column: String?
    var origin: Origin

    /// Whether something says that this is the key, and not only a name.
    var isProven: Bool {
        switch origin {
        case .relation, .constraint: true
        case .property, .new: false
        }
    }

    /// Where it comes from, in a few words.
    var reason: String {
        switch origin {
        case .relation(let name): "the key of \(name)"
        case .constraint:
            column.map { "a foreign key of the database, column \($0)" } ?? "a foreign key of the database"
        case .property: "a property that is there"
        case .new: "a new property"
        }
    }
}

// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Kinship

/// A member of a file that is set, or taken away.
struct ModelEdit {
    /// Which file it is.
    enum Place {
        /// The one that describes a model.
        case model(String)
        /// Any, which may be new.
        case file(String)
    }

    /// The file.
    var place: Place
    /// The keys that lead to the member, its own last; none for all of a new file.
    var path: [String]
    /// What it holds.
    var value: JSONValue
    /// Whether it goes instead.
    var isRemoval = false

    /// A member of the file of a model.
    init(model: String, path: [String], value: JSONValue) {
        (place, self.path, self.value) = (.model(model), path, value)
    }

    /// A member of the file of a model that goes.
    init(removing path: [String], from model: String) {
        (place, self.path, value, isRemoval) = (.model(model), path, .null, true)
    }

    /// A member of a file, or all of a new one.
    init(file: String, path: [String], value: JSONValue) {
        (place, self.path, self.value) = (.file(file), path, value)
    }
}

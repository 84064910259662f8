// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import RelationPlanner

extension Suggestion {
    /// So many names are listed when none is near.
    private static let most = 20

    /// `did you mean Customer?`, or the names there are: `the models are Customer, Item, Order`.
    static func hint(for name: String, among names: [String], kind: String) -> String {
        if let near = nearest(to: name, among: names) { return "did you mean \(near)?" }
        let listed = names.prefix(most).joined(separator: ", ")
        return "the \(kind) are \(listed)" + (names.count > most ? " and \(names.count - most) more" : "")
    }
}

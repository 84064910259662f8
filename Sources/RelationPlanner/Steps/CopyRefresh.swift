// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

/// A statement behind a change that makes copies of changed rows right. It goes out by itself, in the same transaction: whoever made
/// a copy meanwhile has held the row, so that the change has waited, and this one sees it.
struct CopyRefresh: Sendable, Hashable {
    /// Whose keys it goes by.
    enum Giver: Sendable, Hashable {
        /// Parts of the change that change rows of the source.
        case parts([String])
        /// Another one, whose copies are copied in turn, by its place.
        case refresh(Int)
    }

    /// What is copied.
    let group: KeptCopies.Group
    /// Who changed the source.
    let giver: Giver
    /// Its place among those of the change.
    let number: Int

    /// The part that leaves the keys on the server.
    static let part = "kinship_changed"

    /// The setting that it takes a part of the keys from.
    func setting(part: Int) -> String { "kinship.c\(number)_\(part + 1)" }
}

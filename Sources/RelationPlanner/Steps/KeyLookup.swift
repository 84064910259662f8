// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

/// How a step finds rows by keys: the question at first, the way once it has been chosen.
struct KeyLookup: Sendable, Hashable {
    /// What is asked for the keys, as far as the way depends on it.
    enum Question: Sendable, Hashable {
        /// The targets of a relation of a model.
        case targets(Model.ID, Relation.ID)
        /// All rows.
        case rows
        /// Numbers about them.
        case numbers
    }

    /// When a step learns its keys.
    enum Timing: Sendable, Hashable {
        /// As soon as the strategy has it.
        case early
        /// When the rows that hold them have come.
        case late
        /// From the server, whatever the strategy.
        case handedOver
    }

    /// What is matched.
    var match: KeyMatch
    /// What is asked.
    var question: Question
    /// The model of the node it hangs from, which columns of numbered keys are said to belong to.
    let parent: Model.ID
    /// When it learns its keys.
    var timing = Timing.early
    /// The root's keys, where the filter names them and these are the keys.
    var known: ParameterSlot?

    // MARK: The way

    /// How rows are looked up.
    var access = Fetch.Access.array
    /// Why this way, in words.
    var reason = ""
    /// Whether the server is kept from reading another index for the order of a LATERAL limit: for a key without rows it
    /// would read all of that.
    var fencesOrder = false
    /// From so many keys on a window is the better way, nil where it never is.
    var windowKeys: Int?

    init(_ match: KeyMatch, _ question: Question, parent: Model.ID) {
        self.match = match
        self.question = question
        self.parent = parent
    }

    /// Whether columns of the statement's own tell whose rows they are: those of the rows can't.
    var isNumbered: Bool { !match.isComparable }

    /// Whether another one asks in the same way; why doesn't matter.
    func asksLike(_ other: KeyLookup) -> Bool {
        access == other.access && known == other.known && timing == other.timing && fencesOrder == other.fencesOrder
            && windowKeys == other.windowKeys && match == other.match
    }
}

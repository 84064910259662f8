// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import ArgumentParser
import RelationPlanner

/// An option that takes one of a few words.
enum Choice {
    /// The value called `name`.
    ///
    /// - Throws: a mistake in the arguments that lists the words, and says which was probably meant.
    static func value<Value: RawRepresentable<String> & CaseIterable>(_ name: String) throws -> Value {
        if let value = Value(rawValue: name) { return value }
        let names = words(of: Value.self)
        throw ValidationError(
            "it is \(names.dropLast().joined(separator: ", ")) or \(names.last ?? "")."
                + (Suggestion.nearest(to: name, among: names).map { " Did you mean \($0)?" } ?? ""))
    }

    /// The words, for the help and the completion.
    static func words<Value: RawRepresentable<String> & CaseIterable>(of type: Value.Type) -> [String] {
        Value.allCases.map(\.rawValue)
    }
}

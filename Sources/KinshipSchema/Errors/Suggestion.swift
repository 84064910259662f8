// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

/// What a wrong name was probably meant to be: the one place that guesses it.
///
/// ```swift
/// "There is no model \"Custmer\".\(Suggestion.text(for: "Custmer", among: ["Customer"]))"  // … Is "Customer" meant?
/// ```
package enum Suggestion {
    /// ` Is "orders" meant?`, or nothing when no known name is near.
    package static func text(for name: String, among names: some Sequence<String>) -> String {
        nearest(to: name, among: names).map { " Is \"\($0)\" meant?" } ?? ""
    }

    /// The known name that is nearest to a wrong one, the first in the alphabet of several; nil when none is near.
    package static func nearest(to name: String, among names: some Sequence<String>) -> String? {
        let wanted = Array(name.lowercased().unicodeScalars.prefix(64))
        let farthest = min(3, wanted.count / 2 + 1)
        var best: (name: String, distance: Int)?
        for candidate in names {
            let distance = distance(wanted, Array(candidate.lowercased().unicodeScalars.prefix(64)))
            guard distance < farthest else { continue }
            guard let known = best, (known.distance, known.name) <= (distance, candidate) else {
                best = (candidate, distance)
                continue
            }
        }
        return best?.name
    }

    /// The number of single-character edits between two words.
    private static func distance(_ one: [Unicode.Scalar], _ other: [Unicode.Scalar]) -> Int {
        var row = Array(0...other.count)
        for (position, scalar) in one.enumerated() {
            var diagonal = row[0]
            row[0] = position + 1
            for column in other.indices {
                let changed = diagonal + (scalar == other[column] ? 0 : 1)
                diagonal = row[column + 1]
                row[column + 1] = min(changed, diagonal + 1, row[column] + 1)
            }
        }
        return row[other.count]
    }
}

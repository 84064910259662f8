// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

/// The statements of a request by the numbers that their texts have in a ``StatementHistory``.
package struct QuickTexts: Sendable, Equatable {
    package var first: Int
    /// Those behind the first one; seldom any.
    package var others: [Int] = []

    package init(_ first: Int, _ others: [Int] = []) {
        self.first = first
        self.others = others
    }

    var count: Int { 1 + others.count }
}

/// What a caller wants to do with a connection, as far as the pool has to know.
package enum PlaceKind: Sendable, Equatable {
    /// Anything: it has the connection for itself.
    case alone
    /// Reads that aren't known to be quick: they are alone, but the next ones may not be.
    case learning(QuickTexts)
    /// Reads that others may go behind, and that may go behind others.
    case quick(QuickTexts)

    /// The texts it is about.
    package var texts: QuickTexts? {
        switch self {
        case .alone: nil
        case .learning(let texts), .quick(let texts): texts
        }
    }
}

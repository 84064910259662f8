// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

/// Where the keys of a fetch come from: the rows of another fetch.
public struct KeySource: Sendable, Hashable {
    /// The fetch whose rows hold the keys.
    public let fetch: Fetch.ID
    /// Columns of these rows, one per part of the key.
    public let columns: [Int]
    /// How the columns hold keys.
    public let form: Form

    /// Keys in the rows of a fetch.
    package init(fetch: Fetch.ID, columns: [Int], form: Form = .values) {
        self.fetch = fetch
        self.columns = columns
        self.form = form
    }

    /// How columns hold keys.
    public enum Form: Sendable, Hashable {
        /// Each row has one key, or none where a part is NULL.
        case values
        /// Each row has one key, but only rows whose discriminator column names the type do; the case of letters does not
        /// matter (D18).
        case typed(discriminator: Int, type: String)
    }
}

// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

/// What users can do besides what can be done with any record.
public enum UserOperation: String, Sendable, Hashable, CaseIterable {
    /// Gets a token for a password.
    case login
    /// Gives the token up.
    case logout
}

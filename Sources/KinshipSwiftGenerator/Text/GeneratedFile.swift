// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

/// A Swift file that was made of models.
public struct GeneratedFile: Sendable, Hashable {
    /// What it is called: `Order.swift`.
    public let name: String
    /// What it holds, with a head that says by whom it was made and the digest of the rest.
    public let text: String
}

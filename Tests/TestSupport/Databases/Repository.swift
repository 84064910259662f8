// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

public import Foundation

/// The files of the repository that the tests were built from.
public enum Repository {
    /// The repository's root.
    public static let root = URL(fileURLWithPath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

    /// The path of a file or folder: `sql/shop/schema.sql`, `Examples/models`.
    public static func path(_ name: String) -> String { root.appendingPathComponent(name).path }
}

// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

public import Foundation

/// The executables that were built along with the tests.
public enum BuiltProducts {
    /// The path of a product, such as `kinship`. The test target must depend on it, so that it is built.
    public static func executable(_ name: String) -> URL {
        // On macOS the tests run inside a tool of Xcode's, and the bundle says where they were built.
        let bundle = Bundle.allBundles.first { $0.bundleURL.pathExtension == "xctest" }?.bundleURL
        let place = bundle ?? Bundle.main.executableURL ?? URL(fileURLWithPath: CommandLine.arguments[0])
        return place.deletingLastPathComponent().appendingPathComponent(name)
    }
}

// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

/// A secret that no description, dump, mirror or string interpolation shows.
///
/// ```swift
/// let password: Password = "rosebud"
/// print(password)  // ***
/// ```
public struct Password: Sendable, Equatable, ExpressibleByStringLiteral, CustomReflectable {
    /// The secret itself, for handing it to libpq.
    package let value: String

    /// Wraps a secret.
    public init(_ value: String) { self.value = value }

    /// Wraps a literal, for tests and local servers.
    public init(stringLiteral value: String) { self.value = value }

    /// Shows `***`.
    public var customMirror: Mirror { Mirror(self, children: EmptyCollection<Mirror.Child>(), displayStyle: nil) }
}

extension Password: CustomStringConvertible, CustomDebugStringConvertible {
    /// Always `***`.
    public var description: String { "***" }
    /// Always `***`.
    public var debugDescription: String { "***" }
}

// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

/// What a key path leads to, to be looked up by.
///
/// The same property has key paths that aren't equal where it can be set at one place of a program and not at another, so stored
/// properties are known by their place in memory and their type.
///
/// `@unchecked Sendable`: a key path is immutable, and those kept have no captures, for they come from literals of properties.
struct PathKey: Hashable, @unchecked Sendable {
    private let offset: Int?
    private let type: ObjectIdentifier
    private let path: AnyKeyPath?

    init<Record>(_ path: PartialKeyPath<Record>) {
        offset = MemoryLayout<Record>.offset(of: path)
        type = ObjectIdentifier(Swift.type(of: path).valueType)
        self.path = offset == nil ? path : nil
    }
}

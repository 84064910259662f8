// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

/// Something that reads bytes from outside, and what must hold whatever they are.
///
/// Random tests and libFuzzer drive the same targets.
package struct FuzzTarget: Sendable, CustomStringConvertible {
    /// What `make fuzz TARGET=…` calls it.
    package let name: String
    /// Inputs to start from.
    package let seeds: [[UInt8]]
    /// Words that mean something in an input.
    package let words: [String]
    /// Tries one input; true when it was accepted, false when it was refused with a good error.
    ///
    /// - Throws: ``Finding`` when something does not hold.
    package let run: @Sendable ([UInt8]) throws -> Bool

    /// The name.
    package var description: String { name }

    /// All of them.
    package static func all() throws -> [FuzzTarget] {
        [
            .cells, .cellJSON, .json, try .filter(), try .query(), try .cursor(), try .data(), .definition,
            .application,
            .configuration,
        ]
    }
}

// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

/// How much work in memory a request may still cause, counted in steps: about what looking at one character, one member or
/// one state of a regular expression takes.
///
/// ```swift
/// var budget = StepBudget(1_000_000) { try Task.checkCancellation() }
/// let selection = try filter.select(items, budget: &budget)
/// ```
///
/// What a client writes and what rows hold multiply here: a short pattern over a long text is much work. Whoever loops over
/// either says how far it came; every so many steps there is a look at whether anybody still waits for the answer.
package struct StepBudget: Sendable {
    /// More steps were asked for than there are.
    package struct Exhausted: Error {}

    /// So many steps lie between two looks: some tens of microseconds.
    private static let stride = 4096

    private var left: Int
    private var untilLook = Self.stride
    private let look: (@Sendable () throws -> Void)?

    /// - Parameters:
    ///   - steps: how many steps there are; nil for any number.
    ///   - look: throws where nobody waits any more.
    package init(_ steps: Int?, look: (@Sendable () throws -> Void)? = nil) {
        left = max(0, steps ?? .max)
        self.look = look
    }

    /// How many steps are left.
    package var remaining: Int { left }

    /// Takes off steps that were made, or are about to be.
    ///
    /// - Throws: ``Exhausted``, and what the look throws.
    @inline(__always)
    package mutating func spend(_ steps: Int) throws {
        guard left >= steps else { throw Exhausted() }
        left &-= steps
        try pass(steps)
    }

    /// Work in proportion to what has come from the server, which costs no budget: only the looks are kept.
    @inline(__always)
    package mutating func pass(_ steps: Int) throws {
        untilLook &-= steps
        if untilLook <= 0 { try lookNow() }
    }

    private mutating func lookNow() throws {
        untilLook = Self.stride
        try look?()
    }
}

// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

/// A key of a keyboard.
enum Key: Hashable, Sendable {
    /// A letter, or a part of one: accents may come by themselves.
    case text(Unicode.Scalar)
    case enter, tab, backTab, escape, backspace, delete
    case up, down, left, right, home, end, pageUp, pageDown
    /// Ctrl and a letter, in lower case.
    case control(Character)
    /// One that nobody needs.
    case unknown
}

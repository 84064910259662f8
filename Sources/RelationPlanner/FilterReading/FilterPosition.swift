// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

/// Where a filter stands, which decides what it may say.
enum FilterPosition {
    case root
    case toOne
    case toMany
    /// The `through` of an include.
    case link
}

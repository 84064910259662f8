// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

/// How far somebody sees the records of a model.
package struct ChangeSight: Sendable, Hashable {
    /// Whether no scope, hook or row-level security keeps any of them back, of a tenant's session any of the tenant's: who has this may know
    /// the key of one that is gone.
    package let isOfAllRows: Bool
    /// Whether their keys are shown.
    package let isOfKeys: Bool
}

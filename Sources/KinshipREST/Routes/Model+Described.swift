// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Kinship

extension Model {
    /// Whether somebody has described it: models of links that nobody did are a relation's own, and what may be done with it may be done
    /// with them.
    var isDescribed: Bool { definition.isPublic || !properties.allSatisfy(\.isImplied) }
}

// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

// `import Kinship` is all that a program needs: what its functions take and give lives in these two modules.
@_exported public import Libpq
@_exported public import RelationPlanner

// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

// What is in nearly every signature here.
@_exported public import KinshipREST

// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

@_exported public import KinshipSchema

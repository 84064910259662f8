// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

// Tests of a program that uses Kinship call its operations, too.
@_exported public import Kinship

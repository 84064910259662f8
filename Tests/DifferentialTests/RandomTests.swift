// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Testing

/// Tests that try very much: one after the other, and on threads of their own, so that those of other suites, some of which
/// have deadlines, still get their turn.
@Suite(.serialized) enum RandomTests {}

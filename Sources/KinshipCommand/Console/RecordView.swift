// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

/// How records are shown at the console.
enum RecordView: String, CaseIterable {
    case tree, table, json
}

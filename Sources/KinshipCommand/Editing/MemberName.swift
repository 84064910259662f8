// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import MessageText

/// Names of what models have: properties, relations, scopes.
enum MemberName {
    /// Whether filters, paths and statements can name it: without dots, quotes, white space and what a terminal obeys.
    static func isUsable(_ name: String) -> Bool {
        !name.isEmpty && !name.contains { ".$\"\\".contains($0) || $0.isWhitespace }
            && !name.unicodeScalars.contains { $0.isObeyed }
    }
}

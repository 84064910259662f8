// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

extension String {
    /// Equality of bytes: `==` takes canonically equivalent texts for equal, which PostgreSQL doesn't.
    func hasSameBytes(as other: String) -> Bool {
        let isSame = utf8.withContiguousStorageIfAvailable { own in
            other.utf8.withContiguousStorageIfAvailable { own.count == $0.count && own.elementsEqual($0) }
        }
        // A text that isn't UTF-8 in memory is compared byte by byte.
        return (isSame ?? nil) ?? utf8.elementsEqual(other.utf8)
    }
}

// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

extension String {
    /// The name as PostgreSQL keeps it: of a longer one the first 63 bytes, cut between two characters.
    package var identifier: String {
        guard utf8.count > 63 else { return self }
        var end = utf8.index(utf8.startIndex, offsetBy: 63)
        while end.samePosition(in: unicodeScalars) == nil { end = utf8.index(before: end) }
        return String(self[..<end])
    }

    /// Equality of bytes: `==` takes canonically equivalent texts for equal, which PostgreSQL doesn't.
    package func hasSameBytes(as other: String) -> Bool {
        let isSame = utf8.withContiguousStorageIfAvailable { own in
            other.utf8.withContiguousStorageIfAvailable { own.count == $0.count && own.elementsEqual($0) }
        }
        // A text that isn't UTF-8 in memory is compared byte by byte.
        return (isSame ?? nil) ?? utf8.elementsEqual(other.utf8)
    }
}

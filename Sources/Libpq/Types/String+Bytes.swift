// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

extension String {
    /// Whether the text is these bytes.
    @usableFromInline
    func hasBytes(_ bytes: UnsafeRawBufferPointer) -> Bool {
        let isSame = utf8.withContiguousStorageIfAvailable { own in
            guard own.count == bytes.count else { return false }
            guard let left = own.baseAddress, let right = bytes.baseAddress else { return true }
            return memcmp(left, right, own.count) == 0
        }
        // A text that isn't UTF-8 in memory is compared byte by byte.
        return isSame ?? utf8.elementsEqual(bytes)
    }

    /// Equality of bytes: `==` takes canonically equivalent texts for equal, which PostgreSQL doesn't.
    func hasSameBytes(as other: String) -> Bool {
        other.utf8.withContiguousStorageIfAvailable { hasBytes(UnsafeRawBufferPointer($0)) }
            ?? utf8.elementsEqual(other.utf8)
    }
}

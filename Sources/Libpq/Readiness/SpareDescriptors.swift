// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// The last descriptors of the process, which connections leave to others.
///
/// Dispatch on Linux opens a file for each of its threads now and then, and ends the process when it can't: so it must not be
/// connections that take the last descriptor. To keep some would not do, for nobody asks for them before it is too late.
enum SpareDescriptors {
    /// How many are left.
    static let count = 4

    /// One at a time, so that those who look don't take them from each other.
    private static let looking = Locked(())

    /// Whether the process may open a few more, now that it has opened this one.
    static func areLeft(beside descriptor: Int32) -> Bool {
        looking.withLock { _ in
            var copies: [Int32] = []
            defer { for copy in copies { close(copy) } }
            while copies.count < count {
                let copy = fcntl(descriptor, F_DUPFD_CLOEXEC, 0)
                guard copy >= 0 else { return false }
                copies.append(copy)
            }
            return true
        }
    }
}

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
    /// How many are left: more than a few attempts to connect at a time can take before they look.
    static let count = 8
    /// How many numbers are looked at; a process that has so many open above one that was free has been told of no limit.
    private static let mostLooks = 10_000

    /// Whether the process may open a few more, now that it has opened this one. Looking takes none of them, not for a moment.
    static func areLeft(beside descriptor: Int32) -> Bool {
        var limit = rlimit()
        #if canImport(Glibc)
        let status = getrlimit(__rlimit_resource_t(7), &limit)
        #else
        let status = getrlimit(RLIMIT_NOFILE, &limit)
        #endif
        guard status == 0, limit.rlim_cur < rlim_t(Int32.max) else { return true }
        // The lowest free number was given: what is free lies above it.
        var (free, number) = (0, descriptor + 1)
        while free < count, number < Int32(limit.rlim_cur), number - descriptor < mostLooks {
            if fcntl(number, F_GETFD) < 0 { free += 1 }
            number += 1
        }
        return free == count || number - descriptor >= mostLooks
    }
}

// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

#if DEBUG
#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif
#else
package import Synchronization
#endif

/// A value behind a lock: `Mutex` in release builds, and in debug builds a POSIX mutex, which thread sanitizer knows.
///
/// The sanitizer can't see into `Mutex` on Linux, where it is made of futexes in a library that is not instrumented, and
/// takes two critical sections of one mutex for a race.
///
/// `@unchecked Sendable`: the value is only reached through ``withLock(_:)``, by one thread at a time, and what goes in
/// and out is `sending`.
package struct Locked<Value>: ~Copyable, @unchecked Sendable {
    #if DEBUG
    private let mutex: UnsafeMutablePointer<pthread_mutex_t>
    private let value: UnsafeMutablePointer<Value>

    package init(_ value: consuming sending Value) {
        mutex = .allocate(capacity: 1)
        mutex.initialize(to: pthread_mutex_t())
        pthread_mutex_init(mutex, nil)
        self.value = .allocate(capacity: 1)
        self.value.initialize(to: value)
    }

    deinit {
        value.deinitialize(count: 1)
        value.deallocate()
        pthread_mutex_destroy(mutex)
        mutex.deinitialize(count: 1)
        mutex.deallocate()
    }

    /// Runs `body` while nobody else has the value. Not recursive.
    package borrowing func withLock<Result, Failure: Error>(
        _ body: (inout sending Value) throws(Failure) -> sending Result
    ) throws(Failure) -> sending Result {
        pthread_mutex_lock(mutex)
        defer { pthread_mutex_unlock(mutex) }
        return try body(&value.pointee)
    }
    #else
    package let mutex: Mutex<Value>

    package init(_ value: consuming sending Value) { mutex = Mutex(value) }

    /// Runs `body` while nobody else has the value. Not recursive.
    @inline(__always)
    package borrowing func withLock<Result, Failure: Error>(
        _ body: (inout sending Value) throws(Failure) -> sending Result
    ) throws(Failure) -> sending Result {
        try mutex.withLock(body)
    }
    #endif
}

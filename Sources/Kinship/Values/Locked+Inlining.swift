// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

#if !DEBUG
import Libpq
import Synchronization

// Generic code of another module is not specialised here, so that each use of a lock would first ask for the metadata of its
// type: as dear as everything else that a known plan is found by.
extension Locked {
    /// ``Locked/withLock(_:)``, compiled into this module.
    @inline(__always)
    borrowing func withLock<Result, Failure: Error>(
        _ body: (inout sending Value) throws(Failure) -> sending Result
    ) throws(Failure) -> sending Result {
        try mutex.withLock(body)
    }
}
#endif

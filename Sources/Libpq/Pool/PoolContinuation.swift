// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

#if DEBUG
/// Traps when it is resumed twice, and warns when never.
package typealias PoolContinuation<Value> = CheckedContinuation<Value, any Error>

func withPoolContinuation<Value>(
    isolation: isolated (any Actor)?, _ body: (PoolContinuation<Value>) -> Void
) async throws -> Value {
    try await withCheckedThrowingContinuation(isolation: isolation, body)
}
#else
/// The checks cost a fifth of a hand-over. They are made in debug builds, where the race tests resume hundreds of
/// thousands of them; here the state's queue guarantees it: a waiter is in exactly one of the queue and one action.
package typealias PoolContinuation<Value> = UnsafeContinuation<Value, any Error>

func withPoolContinuation<Value>(
    isolation: isolated (any Actor)?, _ body: (PoolContinuation<Value>) -> Void
) async throws -> Value {
    try await withUnsafeThrowingContinuation(isolation: isolation, body)
}
#endif

// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Synchronization

/// Somebody who waits for a connection.
package enum PoolWaiter<Member: PooledConnection>: Sendable {
    /// A task that is suspended until then.
    case task(PoolContinuation<PoolLease<Member>>)
    /// Something that goes on at once, on the thread that gave the connection back.
    case receiver(any LeaseReceiver<Member>)

    func receive(_ lease: PoolLease<Member>) {
        switch self {
        case .task(let continuation): continuation.resume(returning: lease)
        case .receiver(let receiver): receiver.receive(lease)
        }
    }

    func recall(_ lease: PoolLease<Member>) {
        // A task has the connection for itself.
        if case .receiver(let receiver) = self { receiver.recall(lease) }
    }

    func refuse(_ failure: PoolFailure) {
        switch self {
        case .task(let continuation): continuation.resume(throwing: AcquireRefusal(failure: failure))
        case .receiver(let receiver): receiver.refuse(failure)
        }
    }
}

/// Hears of a connection it has asked for, exactly once, on any thread, with no lock held. It must not block.
package protocol LeaseReceiver<Member>: AnyObject, Sendable {
    associatedtype Member: PooledConnection

    /// Has the connection from now on, and gives it back.
    func receive(_ lease: PoolLease<Member>)
    /// May go elsewhere with what waits on a connection it shares; may come late.
    func recall(_ lease: PoolLease<Member>)
    /// Gets none.
    func refuse(_ failure: PoolFailure)
}

/// Carries a refusal through the continuation to the task that waited.
struct AcquireRefusal: Error {
    var failure: PoolFailure
}

/// Tells a cancellation which waiter is meant.
final class WaiterTicket: Sendable {
    /// 0 before it has joined the queue.
    let identifier = Atomic<UInt64>(0)
    let isCancelled = Atomic<Bool>(false)
}

// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Libpq

/// A source that can be told to say nothing of the sockets it watches, as one that is busy elsewhere.
final class SleepySource: ReadinessSource {
    private struct Entry {
        var descriptor: Int32
        var inner: Int?
        weak var handler: (any ReadinessHandler)?
    }

    private let source = Readiness.source
    private let entries = Locked<[Int: Entry]>([:])
    private let last = Locked(0)

    func register(_ descriptor: Int32, _ handler: any ReadinessHandler) -> Int? {
        guard let inner = source.register(descriptor, handler) else { return nil }
        let token = last.withLock { last in
            last += 1
            return last
        }
        entries.withLock { $0[token] = Entry(descriptor: descriptor, inner: inner, handler: handler) }
        return token
    }

    func watch(_ token: Int, _ descriptor: Int32, reading: Bool, writing: Bool) {
        if let inner = entries.withLock({ $0[token]?.inner }) {
            source.watch(inner, descriptor, reading: reading, writing: writing)
        }
    }

    func unregister(_ token: Int, _ descriptor: Int32?) {
        if let inner = entries.withLock({ $0.removeValue(forKey: token)?.inner }) {
            source.unregister(inner, descriptor)
        }
    }

    /// Hears nothing any more of the sockets that are there now.
    func sleep() {
        let inner = entries.withLock { entries in
            let inner = entries.values.compactMap { entry in entry.inner.map { ($0, entry.descriptor) } }
            for token in entries.keys { entries[token]?.inner = nil }
            return inner
        }
        for (token, descriptor) in inner { source.unregister(token, descriptor) }
    }
}

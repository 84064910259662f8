// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Libpq

/// A session of a context, for hooks that have no transaction.
final class HookSession: Session {
    let context: SessionContext

    init(_ context: SessionContext) { self.context = context }

    func with(_ context: SessionContext) -> HookSession { HookSession(context) }
}

/// How many hooks an operation is inside of.
enum HookDepth {
    @TaskLocal static var current = 0

    /// What an operation is told that can be run again where one inside of it loses against another one.
    @TaskLocal static var race: Race?

    /// Whether one has.
    final class Race: Sendable {
        private let state = Locked(false)

        var isNoted: Bool { state.withLock { $0 } }

        func note() { state.withLock { $0 = true } }
    }
}

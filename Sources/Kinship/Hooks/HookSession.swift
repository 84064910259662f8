// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

/// A session of a context, for hooks that have no transaction.
final class HookSession: Session {
    let context: SessionContext

    init(_ context: SessionContext) { self.context = context }

    func with(_ context: SessionContext) -> HookSession { HookSession(context) }
}

/// How many hooks an operation is inside of.
enum HookDepth {
    @TaskLocal static var current = 0
}

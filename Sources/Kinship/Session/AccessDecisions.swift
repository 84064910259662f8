// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Libpq
import RelationPlanner

/// What access hooks have said for an answer that several requests make.
final class AccessDecisions: Sendable {
    private let known = Locked<[String: JSONValue?]>([:])

    /// What was said of a model; nil where nobody has been asked yet.
    subscript(model: String) -> JSONValue?? { known.withLock { $0[model] } }

    func keep(_ condition: JSONValue?, of model: String) { known.withLock { $0[model] = .some(condition) } }
}

extension Session {
    /// The same session, which asks access hooks once for all its requests: for an answer that several of them make.
    package var decidingOnce: Self {
        guard context.hooks?.accessed.isEmpty == false else { return self }
        return with(context.decidingOnce)
    }
}

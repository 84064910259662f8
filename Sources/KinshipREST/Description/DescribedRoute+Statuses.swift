// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import HTTPTypes
import Kinship

extension DescribedRoute {
    /// What may go wrong: the statuses of errors; nil where it is the program's own method, which has what statuses it likes.
    var failures: [String]? {
        if case .method = route.operation { return nil }
        // A filter, a key or a value that can't be, what isn't there, what the database keeps back, and what takes too long. 501 is what is
        // asked for of relations that it isn't possible with.
        var statuses: Set<String> = [
            "400", "403", "404", "406", "409", "413", "422", "429", "500", "501", "503", "504",
        ]
        if route.accessType != .read { statuses.insert("412") }
        if body != .none { statuses.formUnion(["408", "415"]) }
        if case .user = route.operation { statuses.insert("401") }
        return statuses.sorted()
    }

    /// Whether it says that nothing has changed since it was asked for.
    var isCached: Bool { route.method == .get && result != .events }
}

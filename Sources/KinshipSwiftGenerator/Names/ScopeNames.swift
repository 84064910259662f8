// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

/// What queries have already.
enum ScopeNames {
    /// Their members, which a scope can't be called.
    static let members: Set<String> = [
        "after", "all", "before", "count", "delete", "deleteAll", "exists", "explain", "fields", "filter", "filtered",
        "find", "first", "get", "graph", "include", "limit", "one", "order", "page", "parts", "scope", "scopes",
        "session",
        "skip", "stream", "update", "updateAll", "where", "withDeleted",
    ]
}

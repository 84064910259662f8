// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

/// A way to the server: a pool of its own, and what is between.
enum Lane: String, Sendable, CaseIterable {
    /// The epoll loop, through the proxy without TLS.
    case plain
    /// Dispatch's readiness, through the same proxy.
    case dispatch
    /// `Database`, with TLS, through a proxy of its own.
    case tls
    /// Connections that are cut around their COMMITs.
    case commit
}

// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

#if Hummingbird
internal import ArgumentParser

/// What stands between a request and the library, each in a process of its own.
enum ServingSide: String, CaseIterable, Sendable, ExpressibleByArgument {
    /// Nothing: tasks ask and throw the JSON away.
    case library
    /// A socket, a thread for each connection, and next to no HTTP.
    case bare
    /// `KinshipREST` on Hummingbird, as `kinship serve` has it.
    case http
}
#endif

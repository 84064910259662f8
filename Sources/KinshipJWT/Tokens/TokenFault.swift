// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

/// Why a token doesn't count. Nothing of the token is in it.
struct TokenFault: Error {
    let reason: String

    init(_ reason: String) { self.reason = reason }

    /// The error that it is for who sent it.
    var error: RESTError { RESTError(.invalidToken, "The token doesn't count: \(reason).") }
}

// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

/// Keeps passwords so that nobody can read them.
public protocol PasswordHasher: Sendable {
    /// What is kept of a password.
    ///
    /// - Throws: ``RESTError`` `INVALID_PASSWORD` or `PASSWORD_TOO_LONG` for what can't be one.
    func hash(_ password: String) async throws -> String

    /// Whether a password is the one that something was kept of.
    ///
    /// - Throws: where it can't be found out now.
    func verify(_ password: String, _ hash: String) async throws -> Bool
}

// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

/// Where the keys come from that tokens are held against: a ``JWTKeySet`` that stays, or ``FetchedKeys``.
public protocol JWTKeySource: Sendable {
    /// The keys there are now.
    ///
    /// - Throws: ``JWTError`` `JWT_KEYS_UNAVAILABLE` where there are none.
    func currentKeys() async throws -> JWTKeySet

    /// The keys once more, because a token names one that wasn't among them; nil where it isn't worth asking again now.
    ///
    /// Anybody can send such tokens: what this costs has to be limited.
    func currentKeys(lacking id: String) async throws -> JWTKeySet?

    /// The keys once more, because none of those that a token may be signed with has signed it: an issuer may have made a key anew and kept its
    /// name. nil where it isn't worth asking again now, and for sources that say nothing of it.
    ///
    /// Anybody can send such tokens: what this costs has to be limited.
    func currentKeys(insteadOf keys: JWTKeySet) async throws -> JWTKeySet?
}

extension JWTKeySource {
    /// nil.
    public func currentKeys(insteadOf keys: JWTKeySet) async throws -> JWTKeySet? { nil }
}

// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

/// Where a request may carry its token.
public enum JWTPlace: Sendable, Hashable, CaseIterable {
    /// The header `Authorization`, behind `Bearer` (RFC 6750).
    case authorization
    /// LoopBack's header `X-Access-Token`.
    case accessTokenHeader
    /// LoopBack's parameter `access_token`: for what can send no headers. Addresses stand in logs and histories.
    case accessTokenParameter
}

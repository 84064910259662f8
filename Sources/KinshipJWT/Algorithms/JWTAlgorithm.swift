// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

/// How a token is signed (RFC 7518, RFC 8037). There is none for tokens without a signature.
public enum JWTAlgorithm: String, Sendable, Hashable, CaseIterable {
    /// HMAC with SHA-256, of a secret of at least 32 bytes.
    case hs256 = "HS256"
    /// HMAC with SHA-384, of a secret of at least 48 bytes.
    case hs384 = "HS384"
    /// HMAC with SHA-512, of a secret of at least 64 bytes.
    case hs512 = "HS512"
    /// RSA with PKCS #1 v1.5 and SHA-256.
    case rs256 = "RS256"
    /// RSA with PKCS #1 v1.5 and SHA-384.
    case rs384 = "RS384"
    /// RSA with PKCS #1 v1.5 and SHA-512.
    case rs512 = "RS512"
    /// RSA with PSS and SHA-256.
    case ps256 = "PS256"
    /// RSA with PSS and SHA-384.
    case ps384 = "PS384"
    /// RSA with PSS and SHA-512.
    case ps512 = "PS512"
    /// ECDSA on P-256 with SHA-256.
    case es256 = "ES256"
    /// ECDSA on P-384 with SHA-384.
    case es384 = "ES384"
    /// ECDSA on P-521 with SHA-512.
    case es512 = "ES512"
    /// Ed25519.
    case edDSA = "EdDSA"

    /// The length of its digest; 0 where it has none of its own.
    var digestBits: Int {
        switch self {
        case .hs256, .rs256, .ps256, .es256: 256
        case .hs384, .rs384, .ps384, .es384: 384
        case .hs512, .rs512, .ps512, .es512: 512
        case .edDSA: 0
        }
    }

    /// Whether RSA signs with PSS.
    var isPSS: Bool { [.ps256, .ps384, .ps512].contains(self) }

    /// Those of secrets, which nobody but the service and the issuer may know.
    static let ofSecrets: Set<JWTAlgorithm> = [.hs256, .hs384, .hs512]
}

// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import COpenSSL

/// A public key.
///
/// Sendable, for nothing changes it once it is made, and OpenSSL lets any number of threads verify with one key.
final class SignatureKey: @unchecked Sendable {
    /// What it is a key for.
    enum Kind: Sendable, CaseIterable {
        case rsa, p256, p384, p521, ed25519

        /// The algorithms that such a key can be used with; no algorithm is another kind's.
        var algorithms: Set<JWTAlgorithm> {
            switch self {
            case .rsa: [.rs256, .rs384, .rs512, .ps256, .ps384, .ps512]
            case .p256: [.es256]
            case .p384: [.es384]
            case .p521: [.es512]
            case .ed25519: [.edDSA]
            }
        }

        /// How many bytes a number of its signatures has, where these are two numbers.
        var coordinate: Int? {
            switch self {
            case .p256: 32
            case .p384: 48
            case .p521: 66
            case .rsa, .ed25519: nil
            }
        }
    }

    let kind: Kind
    private let key: OpaquePointer

    /// - Throws: ``JWTError`` `JWT_KEY_INVALID` for a point that isn't on its curve, and the like.
    init(_ public: SubjectPublicKey) throws(JWTError) {
        guard let key = kinship_public_key(`public`.der, `public`.der.count) else {
            throw .invalid(
                "The key is no public key: what it says is no point of its curve, or no number there can be.")
        }
        kind = `public`.kind
        self.key = key
    }

    deinit { EVP_PKEY_free(key) }

    /// Whether a message was signed with the private key.
    func hasSigned(_ message: [UInt8], _ signature: [UInt8], _ algorithm: JWTAlgorithm) -> Bool {
        guard kind.algorithms.contains(algorithm), let signature = spelled(signature) else { return false }
        return kinship_is_signature(
            key, Int32(algorithm.digestBits), algorithm.isPSS ? 1 : 0, signature, signature.count, message,
            message.count)
            == 1
    }

    /// The signature as the library takes it: two numbers of a fixed length are a sequence there.
    private func spelled(_ signature: [UInt8]) -> [UInt8]? {
        guard let length = kind.coordinate else { return signature.isEmpty ? nil : signature }
        guard signature.count == 2 * length else { return nil }
        return DERReader.element(
            0x30, DERReader.integer(signature[..<length]) + DERReader.integer(signature[length...]))
    }
}

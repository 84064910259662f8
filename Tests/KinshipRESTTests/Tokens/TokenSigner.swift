// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import COpenSSL
import Foundation
import Kinship
import Testing

@testable import KinshipJWT

/// An issuer's key, made for the test.
///
/// Sendable, for nothing changes it once it is made.
final class TokenSigner: @unchecked Sendable {
    enum Kind: CaseIterable {
        case rsa, weakRSA, p256, p384, p521, secp256k1, ed25519
    }

    private let key: OpaquePointer

    init(_ kind: Kind) throws {
        let number: Int32 =
            switch kind {
            case .rsa, .weakRSA: 6
            case .p256, .p384, .p521, .secp256k1: 408
            case .ed25519: 1087
            }
        let context = try #require(EVP_PKEY_CTX_new_id(number, nil))
        defer { EVP_PKEY_CTX_free(context) }
        try #require(EVP_PKEY_keygen_init(context) == 1)
        switch kind {
        case .rsa: try #require(EVP_PKEY_CTX_set_rsa_keygen_bits(context, 2_048) == 1)
        case .weakRSA: try #require(EVP_PKEY_CTX_set_rsa_keygen_bits(context, 1_024) == 1)
        case .p256: try #require(EVP_PKEY_CTX_set_ec_paramgen_curve_nid(context, 415) == 1)
        case .p384: try #require(EVP_PKEY_CTX_set_ec_paramgen_curve_nid(context, 715) == 1)
        case .p521: try #require(EVP_PKEY_CTX_set_ec_paramgen_curve_nid(context, 716) == 1)
        case .secp256k1: try #require(EVP_PKEY_CTX_set_ec_paramgen_curve_nid(context, 714) == 1)
        case .ed25519: break
        }
        var made: OpaquePointer?
        try #require(EVP_PKEY_keygen(context, &made) == 1)
        key = try #require(made)
    }

    deinit { EVP_PKEY_free(key) }

    /// SubjectPublicKeyInfo.
    var der: [UInt8] {
        var bytes: UnsafeMutablePointer<UInt8>?
        let length = Int(i2d_PUBKEY(key, &bytes))
        defer { CRYPTO_free(bytes, "", 0) }
        return Array(UnsafeBufferPointer(start: bytes, count: length))
    }

    var pem: String { Self.pem("PUBLIC KEY", der) }

    static func pem(_ label: String, _ bytes: [UInt8]) -> String {
        let text = Data(bytes).base64EncodedString(options: [.lineLength64Characters, .endLineWithLineFeed])
        return "-----BEGIN \(label)-----\n\(text)\n-----END \(label)-----\n"
    }

    /// Its public JWK, with members of the test's own.
    func jwk(_ more: [String: JSONValue] = [:]) throws -> JSONValue {
        let members: [String: JSONValue]
        let point = { (length: Int) in self.der.suffix(length) }
        func curve(_ name: String, _ length: Int) -> [String: JSONValue] {
            let both = Array(point(2 * length))
            return [
                "kty": "EC", "crv": .string(name), "x": .string(Base64URL.text(both.prefix(length))),
                "y": .string(Base64URL.text(both.suffix(length))),
            ]
        }
        switch try SubjectPublicKey(der: der).kind {
        case .p256: members = curve("P-256", 32)
        case .p384: members = curve("P-384", 48)
        case .p521: members = curve("P-521", 66)
        case .ed25519: members = ["kty": "OKP", "crv": "Ed25519", "x": .string(Base64URL.text(point(32)))]
        case .rsa:
            // Behind the head of 24 bytes for keys of 2048 bits.
            var numbers = DERReader(try Self.element(0x30, of: der[24...]))
            let (first, second) = (numbers.element(2), numbers.element(2))
            let (modulus, exponent) = (try #require(first).drop { $0 == 0 }, try #require(second))
            members = [
                "kty": "RSA", "n": .string(Base64URL.text(modulus)), "e": .string(Base64URL.text(exponent)),
            ]
        }
        let all = members.merging(more) { $1 }
        return .object(all.sorted { $0.key < $1.key }.map { .init($0.key, $0.value) })
    }

    func signature(_ message: [UInt8], _ algorithm: JWTAlgorithm) throws -> [UInt8] {
        let context = try #require(EVP_MD_CTX_new())
        defer { EVP_MD_CTX_free(context) }
        var options: OpaquePointer?
        let digest = kinship_sha2(Int32(algorithm.digestBits))
        try #require(EVP_DigestSignInit(context, &options, digest, nil, key) == 1)
        if algorithm.isPSS {
            try #require(EVP_PKEY_CTX_set_rsa_padding(options, 6) == 1)
            try #require(EVP_PKEY_CTX_set_rsa_pss_saltlen(options, -1) == 1)
        }
        var length = 0
        try #require(EVP_DigestSign(context, nil, &length, message, message.count) == 1)
        var bytes = [UInt8](repeating: 0, count: length)
        try #require(EVP_DigestSign(context, &bytes, &length, message, message.count) == 1)
        bytes.removeLast(bytes.count - length)
        let numbers: [JWTAlgorithm: Int] = [.es256: 32, .es384: 48, .es512: 66]
        guard let size = numbers[algorithm] else { return bytes }
        var sequence = DERReader(try Self.element(0x30, of: bytes[...]))
        let (first, second) = (sequence.element(2), sequence.element(2))
        return try [first, second].flatMap { number in
            let digits = Array(try #require(number).drop { $0 == 0 })
            return [UInt8](repeating: 0, count: size - digits.count) + digits
        }
    }

    private static func element(_ tag: UInt8, of bytes: ArraySlice<UInt8>) throws -> ArraySlice<UInt8> {
        var reader = DERReader(bytes)
        let found = reader.element(tag)
        return try #require(found)
    }

    static func code(_ message: [UInt8], _ secret: [UInt8], _ algorithm: JWTAlgorithm) -> [UInt8] {
        var code = [UInt8](repeating: 0, count: 64)
        var length: UInt32 = 0
        HMAC(
            kinship_sha2(Int32(algorithm.digestBits)), secret, Int32(secret.count), message, message.count, &code,
            &length)
        return Array(code.prefix(Int(length)))
    }
}

extension Base64URL {
    static func text(_ bytes: some Sequence<UInt8>) -> String {
        Data(bytes).base64EncodedString().replacing("+", with: "-").replacing("/", with: "_").replacing("=", with: "")
    }
}

// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Kinship
import KinshipREST
import Testing

@testable import KinshipJWT

/// Makes tokens, right and wrong ones, and says what becomes of them at a time that stands still.
enum TokenMaker {
    static let secret = Array("0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef".utf8)
    /// In seconds since 1970.
    static let now = 1_800_000_000.0
    /// Each kind of key once, for making those of RSA takes a while.
    static let rsa = Result { try TokenSigner(.rsa) }
    static let p256 = Result { try TokenSigner(.p256) }
    static let p384 = Result { try TokenSigner(.p384) }
    static let p521 = Result { try TokenSigner(.p521) }
    static let ed25519 = Result { try TokenSigner(.ed25519) }

    static func signer(_ algorithm: JWTAlgorithm) throws -> TokenSigner? {
        switch algorithm {
        case .hs256, .hs384, .hs512: nil
        case .rs256, .rs384, .rs512, .ps256, .ps384, .ps512: try rsa.get()
        case .es256: try p256.get()
        case .es384: try p384.get()
        case .es512: try p521.get()
        case .edDSA: try ed25519.get()
        }
    }

    static func key(_ algorithm: JWTAlgorithm, id: String? = nil) throws -> JWTKey {
        guard let signer = try signer(algorithm) else {
            return try JWTKey(secret: secret, id: id, algorithms: [.hs256, .hs384, .hs512])
        }
        return try JWTKey(pem: signer.pem, id: id)
    }

    /// A token of any text, signed.
    static func token(
        _ claims: String = #"{"sub":"7","exp":1800000060}"#, _ algorithm: JWTAlgorithm = .hs256, header: String? = nil,
        by signer: TokenSigner? = nil
    ) throws -> String {
        let header = header ?? #"{"alg":"\#(algorithm.rawValue)","typ":"JWT"}"#
        let signed = Base64URL.text(header.utf8) + "." + Base64URL.text(claims.utf8)
        let signature: [UInt8]
        if let signer = try signer ?? self.signer(algorithm) {
            signature = try signer.signature(Array(signed.utf8), algorithm)
        } else {
            signature = TokenSigner.code(Array(signed.utf8), secret, algorithm)
        }
        return signed + "." + Base64URL.text(signature)
    }

    static func authenticator(
        _ keys: (any JWTKeySource)? = nil, issuer: String? = nil, audience: String? = nil, now: Double = now,
        _ change: (inout JWTAuthenticator) -> Void = { _ in }
    ) throws -> JWTAuthenticator {
        var made = JWTAuthenticator(
            try keys ?? JWTKeySet([key(.hs256)]), issuer: issuer, audience: audience, now: { now })
        made.leeway = .zero
        change(&made)
        return made
    }

    /// People whose keys are numbers.
    static let schema = Result {
        try Schema(definitions: [
            ModelDefinition(
                ["name": "Person", "base": "User", "properties": ["id": ["type": "number", "id": true]]], file: nil)
        ])
    }

    /// Whose a token is: the user, or why it doesn't count.
    static func outcome(_ token: String, _ authenticator: JWTAuthenticator? = nil) async throws -> String {
        let authenticator = try authenticator ?? self.authenticator()
        do {
            return "user \(try await authenticator.identity(of: token, in: schema.get()).user ?? "-")"
        } catch let fault as TokenFault {
            return fault.reason
        }
    }
}

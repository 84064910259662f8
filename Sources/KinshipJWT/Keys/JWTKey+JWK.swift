// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

extension JWTKey {
    /// A key of a JWK (RFC 7517).
    ///
    /// - Parameter allowsSecrets: whether it may be a secret; those of an address that everybody may read are none.
    /// - Throws: ``JWTError`` `JWT_KEY_INVALID` for what is no key that signs tokens here.
    init(jwk: JSONValue, allowsSecrets: Bool) throws(JWTError) {
        guard jwk.members != nil else { throw .invalid("A key of the set is no object.") }
        guard !Self.isPrivate(jwk) else {
            throw .invalid("A key of the set is a private one, which only the issuer may have; give the public ones.")
        }
        if let use = jwk["use"], use != "sig" { throw .invalid("It is not for signatures.") }
        if let operations = jwk["key_ops"], operations.elements?.contains("verify") != true {
            throw .invalid("It is not for verifying.")
        }
        var algorithms: Set<JWTAlgorithm>?
        if let named = jwk["alg"] {
            guard let algorithm = named.text.flatMap({ JWTAlgorithm(rawValue: $0) }) else {
                throw .invalid("Its algorithm is none that signs tokens here.")
            }
            algorithms = [algorithm]
        }
        var id: String?
        if let given = jwk["kid"] {
            guard let text = given.text else { throw .invalid("Its kid is no text.") }
            id = text
        }
        if jwk["kty"] == "oct" {
            guard allowsSecrets else { throw .invalid("It is a secret, which a public set can't hold.") }
            try self.init(secret: try Self.bytes(jwk, "k"), id: id, algorithms: algorithms ?? [.hs256])
            return
        }
        try self.init(Self.publicKey(jwk), id: id, algorithms: algorithms)
    }

    /// Whether it has a member that only the issuer may see (RFC 7518, 6).
    static func isPrivate(_ jwk: JSONValue) -> Bool {
        guard jwk["kty"] != "oct" else { return false }
        let names = jwk["kty"] == "RSA" ? ["d", "p", "q", "dp", "dq", "qi", "oth"] : ["d"]
        return names.contains { jwk[$0] != nil }
    }

    /// The public key that it is, or belongs to, in its one spelling; nil for none that signs tokens here.
    static func publicPart(_ jwk: JSONValue) -> [UInt8]? { try? publicKey(jwk).der }

    private static func publicKey(_ jwk: JSONValue) throws(JWTError) -> SubjectPublicKey {
        switch (jwk["kty"], jwk["crv"]) {
        case ("RSA", _):
            return try SubjectPublicKey(modulus: try bytes(jwk, "n"), exponent: try bytes(jwk, "e"))
        case ("EC", "P-256"): return try point(jwk, .p256)
        case ("EC", "P-384"): return try point(jwk, .p384)
        case ("EC", "P-521"): return try point(jwk, .p521)
        case ("OKP", "Ed25519"): return try SubjectPublicKey(.ed25519, point: try bytes(jwk, "x"))
        default: throw .invalid("It is of a kind that signs no tokens here.")
        }
    }

    private static func point(_ jwk: JSONValue, _ kind: SignatureKey.Kind) throws(JWTError) -> SubjectPublicKey {
        let (x, y) = (try bytes(jwk, "x"), try bytes(jwk, "y"))
        guard x.count == kind.coordinate, y.count == kind.coordinate else {
            throw .invalid("Its coordinates are of another length than its curve's.")
        }
        return try SubjectPublicKey(kind, point: x + y)
    }

    private static func bytes(_ jwk: JSONValue, _ name: String) throws(JWTError) -> [UInt8] {
        guard let bytes = jwk[name]?.text.flatMap({ Base64URL.bytes($0.utf8) }) else {
            throw .invalid("Its \(name) is missing, or isn't base64url.")
        }
        return bytes
    }
}

// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

/// A token that is read, and not yet believed (RFC 7515, the compact form).
struct SignedToken {
    /// What a token may be like.
    struct Limits {
        var bytes: Int
        var types: Set<String>
        var algorithms: Set<JWTAlgorithm>?
    }

    let algorithm: JWTAlgorithm
    /// The name of the key; nil for none.
    let keyID: String?
    private let signed: [UInt8]
    private let payload: [UInt8]
    private let signature: [UInt8]

    /// - Throws: what is wrong with its form and its header. What it claims isn't looked at.
    init(_ text: String, _ limits: Limits) throws(TokenFault) {
        guard text.utf8.count <= limits.bytes else { throw TokenFault("it is too long") }
        let text = Array(text.utf8)
        let parts = text.split(separator: UInt8(ascii: "."), maxSplits: 3, omittingEmptySubsequences: false)
        guard parts.count == 3 else { throw TokenFault("it isn't three parts") }
        guard let head = Base64URL.bytes(parts[0]), let payload = Base64URL.bytes(parts[1]),
            let signature = Base64URL.bytes(parts[2])
        else { throw TokenFault("a part isn't base64url") }
        guard let header = StrictJSON.object(head, maximumDepth: 8) else {
            throw TokenFault("its header is no object, or has a name twice")
        }
        // What has to be understood isn't, and what is packed otherwise isn't unpacked.
        for name in ["crit", "b64", "enc", "zip"] where header[name] != nil {
            throw TokenFault("its header has \(name)")
        }
        guard let algorithm = header["alg"]?.text.flatMap({ JWTAlgorithm(rawValue: $0) }),
            limits.algorithms?.contains(algorithm) ?? true
        else { throw TokenFault("its algorithm isn't one that is taken here") }
        if let type = header["typ"] {
            guard let name = type.text?.lowercased() else { throw TokenFault("its type is no text") }
            let short = name.hasPrefix("application/") ? String(name.dropFirst(12)) : name
            guard limits.types.contains(where: { $0.lowercased() == short }) else {
                throw TokenFault("it is of a type that isn't taken here")
            }
        }
        if let id = header["kid"] {
            guard let text = id.text else { throw TokenFault("the name of its key is no text") }
            keyID = text
        } else {
            keyID = nil
        }
        self.algorithm = algorithm
        signed = Array(text[..<parts[1].endIndex])
        self.payload = payload
        self.signature = signature
    }

    /// Whether it says that it is another issuer's: one that isn't believed can only be refused by that, ahead of asking for keys.
    func isForeign(to issuers: Set<String>) -> Bool {
        guard !issuers.isEmpty else { return false }
        guard let issuer = StrictJSON.object(payload, maximumDepth: 32)?["iss"]?.text else { return true }
        return !issuers.contains { $0.utf8.elementsEqual(issuer.utf8) }
    }

    /// What it claims, if one of the keys has signed it; nil where none has.
    ///
    /// - Throws: that it isn't an object.
    func claims(by keys: [JWTKey]) throws(TokenFault) -> JSONValue? {
        guard keys.contains(where: { $0.hasSigned(signed, signature, algorithm) }) else { return .none }
        guard let claims = StrictJSON.object(payload, maximumDepth: 32) else {
            throw TokenFault("what it claims is no object, or has a name twice")
        }
        return claims
    }
}

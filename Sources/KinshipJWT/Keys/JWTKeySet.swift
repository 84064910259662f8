// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

/// The keys of issuers.
///
/// ```swift
/// let keys = try JWTKeySet([JWTKey(secret: Array("0123456789abcdef0123456789abcdef".utf8))])
/// let authenticator = JWTAuthenticator(keys, issuer: "https://login.example", audience: "shop")
/// ```
public struct JWTKeySet: JWTKeySource {
    /// So many a set may have.
    public static let mostKeys = 100
    /// So many bytes its text may have.
    public static let mostBytes = 1 << 20
    /// So many are tried for a token that names none.
    static let mostTried = 8

    /// The keys.
    public let keys: [JWTKey]
    /// What was in the text but is no key that signs tokens here, and why.
    public let ignored: [String]
    /// Those of them that nobody but the issuer may see, and everybody could.
    let exposed: [String]
    /// Which fetch they come of; 0 for none.
    var fetch = 0

    /// A set of keys.
    ///
    /// - Throws: ``JWTError`` `JWT_KEY_INVALID` for none, or more than 100.
    public init(_ keys: [JWTKey]) throws(JWTError) { try self.init(keys, ignored: [], exposed: []) }

    private init(_ keys: [JWTKey], ignored: [String], exposed: [String]) throws(JWTError) {
        guard !keys.isEmpty else {
            throw .invalid(
                "There is no key that signs tokens here\(ignored.isEmpty ? "" : ": " + ignored.joined(separator: " "))."
            )
        }
        guard keys.count <= Self.mostKeys else {
            throw .invalid("There are \(keys.count) keys; a set has up to \(Self.mostKeys).")
        }
        self.keys = keys
        self.ignored = ignored
        self.exposed = exposed
    }

    /// The keys of a text: a JWK Set or a JWK (RFC 7517), or public keys in PEM, one behind the other.
    ///
    /// ```swift
    /// let keys = try JWTKeySet(parsing: Array(#"{"keys": [{"kty": "OKP", "crv": "Ed25519", "x": "…"}]}"#.utf8))
    /// ```
    ///
    /// Keys of a JWK Set that are for something else, or of a kind that isn't known here, are left out: ``ignored`` names them.
    ///
    /// - Parameter allowsSecrets: whether a JWK may be a secret (`"kty": "oct"`): for a file that nobody else can read.
    /// - Throws: ``JWTError`` `JWT_KEY_INVALID` for a text without a key, a private key, or one of more than 1 MiB.
    public init(parsing text: [UInt8], allowsSecrets: Bool = false) throws(JWTError) {
        try self.init(text, allowsSecrets: allowsSecrets, isShown: false)
    }

    /// The keys of a text that an issuer shows to everybody.
    ///
    /// A private key there is a blunder of the issuer's, and no reason to go on with the keys of yesterday: it counts for nothing, nor does the
    /// public key that belongs to it, and the others count.
    ///
    /// - Throws: ``JWTError`` `JWT_KEY_INVALID` where no key is left.
    init(shown text: [UInt8]) throws(JWTError) { try self.init(text, allowsSecrets: false, isShown: true) }

    private init(_ text: [UInt8], allowsSecrets: Bool, isShown: Bool) throws(JWTError) {
        guard text.count <= Self.mostBytes else {
            throw .invalid("The keys have \(text.count) bytes; there may be \(Self.mostBytes).")
        }
        guard text.first(where: { ![0x20, 0x09, 0x0A, 0x0D].contains($0) }) == UInt8(ascii: "{") else {
            var keys: [JWTKey] = []
            for block in try PEMBlock.all(in: String(decoding: text, as: UTF8.self)) {
                keys.append(try JWTKey(block.publicKey(), id: nil, algorithms: nil))
            }
            try self.init(keys)
            return
        }
        guard let json = StrictJSON.object(text, maximumDepth: 16) else {
            throw .invalid("The keys are no JSON that can be read, or have a name twice.")
        }
        if json["keys"] == nil {
            try self.init([try JWTKey(jwk: json, allowsSecrets: allowsSecrets)])
            return
        }
        guard let jwks = json["keys"]?.elements else { throw .invalid("The keys of the set are no list.") }
        // Who shows a private key has lost it: anybody may sign with it.
        let lost = Set(jwks.filter(JWTKey.isPrivate).compactMap(JWTKey.publicPart))
        var (keys, ignored, exposed): ([JWTKey], [String], [String]) = ([], [], [])
        for (index, jwk) in jwks.enumerated() {
            do throws(JWTError) {
                let key = try JWTKey(jwk: jwk, allowsSecrets: allowsSecrets)
                guard lost.isEmpty || JWTKey.publicPart(jwk).map({ !lost.contains($0) }) ?? true else {
                    throw JWTError.invalid("Its private key is in the set.")
                }
                keys.append(key)
            } catch {
                let isPrivate = JWTKey.isPrivate(jwk)
                guard !isPrivate || isShown else { throw error }
                let text = "keys[\(index)]: \(error.message)"
                if ignored.count < Self.mostKeys { ignored.append(text) }
                if isPrivate || jwk["kty"] == "oct", exposed.count < Self.mostKeys { exposed.append(text) }
            }
        }
        try self.init(keys, ignored: ignored, exposed: exposed)
    }

    /// Itself.
    public func currentKeys() -> JWTKeySet { self }

    /// nil: there are no others.
    public func currentKeys(lacking id: String) -> JWTKeySet? { nil }

    /// Those that a token may be signed with; nil where it has to say which.
    func candidates(_ id: String?, _ algorithm: JWTAlgorithm) -> [JWTKey]? {
        let fit = keys.filter { $0.algorithms.contains(algorithm) }
        var named = fit
        if let id {
            named = fit.filter { $0.id?.utf8.elementsEqual(id.utf8) == true }
            if named.isEmpty { named = fit.filter { $0.id == nil } }
        }
        return named.count <= Self.mostTried ? named : nil
    }

    /// Whether a key has a name.
    func knows(_ id: String) -> Bool { keys.contains { $0.id?.utf8.elementsEqual(id.utf8) == true } }
}

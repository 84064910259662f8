// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

/// A key that tokens are held against, with the algorithms that it may be used with: a public key is never taken for a secret.
///
/// ```swift
/// let shared = try JWTKey(secret: Array("0123456789abcdef0123456789abcdef".utf8), id: "2026")
/// print(shared.algorithms)  // [HS256]
/// ```
public struct JWTKey: Sendable, CustomStringConvertible, CustomReflectable {
    enum Material: Sendable {
        case secret([UInt8])
        case `public`(SignatureKey)
    }

    /// What tokens call it (`kid`); nil for one that is tried for all tokens that name no other key.
    public let id: String?
    /// The algorithms that it may be used with.
    public let algorithms: Set<JWTAlgorithm>
    let material: Material

    /// A secret that the service shares with the issuer.
    ///
    /// - Parameter algorithms: those of `HS256`, `HS384` and `HS512` that tokens may be signed with.
    /// - Throws: ``JWTError`` `JWT_KEY_INVALID` for one that is shorter than the algorithms' digests (32 bytes for `HS256`), which can be guessed,
    ///   and for the text of a public key, which everybody may know.
    public init(
        secret: [UInt8], id: String? = nil, algorithms: Set<JWTAlgorithm> = [.hs256]
    ) throws(JWTError) {
        guard !algorithms.isEmpty, algorithms.isSubset(of: JWTAlgorithm.ofSecrets) else {
            throw .invalid("A secret is for HS256, HS384 and HS512, and for nothing else.")
        }
        let least = (algorithms.map(\.digestBits).max() ?? 256) / 8
        guard secret.count >= least else {
            throw .invalid(
                "The secret has \(secret.count) bytes; it has to have \(least): openssl rand -hex 32 makes one.")
        }
        guard secret.count <= 4_096 else { throw .invalid("The secret has more than 4096 bytes.") }
        let text = String(decoding: secret, as: UTF8.self)
        guard !text.contains("-----BEGIN"), !text.contains("\"kty\""),
            !["ssh-", "ecdsa-sha2-"].contains(where: text.hasPrefix)
        else {
            throw .invalid(
                "What is given for a secret is the text of a key, which everybody may know; give it as a public key.")
        }
        self.id = id
        self.algorithms = algorithms
        material = .secret(secret)
    }

    /// The public key of an issuer, in PEM: `-----BEGIN PUBLIC KEY-----`.
    ///
    /// - Parameter algorithms: those that tokens may be signed with; nil for all that such a key is for.
    /// - Throws: ``JWTError`` `JWT_KEY_INVALID` for anything else, private keys and certificates too.
    public init(pem: String, id: String? = nil, algorithms: Set<JWTAlgorithm>? = nil) throws(JWTError) {
        let blocks = try PEMBlock.all(in: pem)
        guard blocks.count == 1 else {
            throw .invalid("There are \(blocks.count) keys where one is due; give them as a JWTKeySet.")
        }
        try self.init(blocks[0].publicKey(), id: id, algorithms: algorithms)
    }

    init(_ key: SubjectPublicKey, id: String?, algorithms: Set<JWTAlgorithm>?) throws(JWTError) {
        let algorithms = algorithms ?? key.kind.algorithms
        guard !algorithms.isEmpty, algorithms.isSubset(of: key.kind.algorithms) else {
            let those = key.kind.algorithms.map(\.rawValue).sorted().joined(separator: ", ")
            throw .invalid("Such a key is for \(those), and for nothing else.")
        }
        self.id = id
        self.algorithms = algorithms
        material = .public(try SignatureKey(key))
    }

    /// Whether it has signed a message.
    func hasSigned(_ message: [UInt8], _ signature: [UInt8], _ algorithm: JWTAlgorithm) -> Bool {
        guard algorithms.contains(algorithm) else { return false }
        switch material {
        case .secret(let secret): return Self.isCode(signature, of: message, secret, algorithm)
        case .public(let key): return key.hasSigned(message, signature, algorithm)
        }
    }

    /// Its name and algorithms.
    public var description: String {
        "JWTKey(\(id ?? "-"): \(algorithms.map(\.rawValue).sorted().joined(separator: ", ")))"
    }

    /// Without the secret.
    public var customMirror: Mirror { Mirror(self, children: ["id": id as Any, "algorithms": algorithms]) }
}

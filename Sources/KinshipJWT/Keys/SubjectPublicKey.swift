// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

/// A public key as bytes, in the one spelling that each has here: SubjectPublicKeyInfo (RFC 5280), with a curve's name and a point that
/// isn't compressed.
struct SubjectPublicKey {
    let kind: SignatureKey.Kind
    let der: [UInt8]

    private static let heads: [(kind: SignatureKey.Kind, bytes: [UInt8], rest: Int)] = [
        (
            .p256,
            [0x30, 0x59, 0x30, 0x13, 0x06, 0x07, 0x2A, 0x86, 0x48, 0xCE, 0x3D, 0x02, 0x01, 0x06, 0x08]
                + [0x2A, 0x86, 0x48, 0xCE, 0x3D, 0x03, 0x01, 0x07, 0x03, 0x42, 0x00, 0x04], 64
        ),
        (
            .p384,
            [0x30, 0x76, 0x30, 0x10, 0x06, 0x07, 0x2A, 0x86, 0x48, 0xCE, 0x3D, 0x02, 0x01, 0x06, 0x05]
                + [0x2B, 0x81, 0x04, 0x00, 0x22, 0x03, 0x62, 0x00, 0x04], 96
        ),
        (
            .p521,
            [0x30, 0x81, 0x9B, 0x30, 0x10, 0x06, 0x07, 0x2A, 0x86, 0x48, 0xCE, 0x3D, 0x02, 0x01, 0x06, 0x05]
                + [0x2B, 0x81, 0x04, 0x00, 0x23, 0x03, 0x81, 0x86, 0x00, 0x04], 132
        ),
        (.ed25519, [0x30, 0x2A, 0x30, 0x05, 0x06, 0x03, 0x2B, 0x65, 0x70, 0x03, 0x21, 0x00], 32),
    ]
    private static let rsa: [UInt8] = [0x06, 0x09, 0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x01, 0x01, 0x01, 0x05, 0x00]

    /// A key on a curve.
    ///
    /// - Parameter point: its coordinates one behind the other.
    /// - Throws: ``JWTError`` `JWT_KEY_INVALID` for one of another length.
    init(_ kind: SignatureKey.Kind, point: [UInt8]) throws(JWTError) {
        guard let head = Self.heads.first(where: { $0.kind == kind }), point.count == head.rest else {
            throw .invalid("The key is of another length than its curve's keys.")
        }
        self.kind = kind
        der = head.bytes + point
    }

    /// A key of RSA.
    ///
    /// - Throws: ``JWTError`` `JWT_KEY_INVALID` for one that is too weak, or so long that each look at it would take its time.
    init(modulus: some Collection<UInt8>, exponent: some Collection<UInt8>) throws(JWTError) {
        let (modulus, exponent) = (Array(modulus.drop { $0 == 0 }), Array(exponent.drop { $0 == 0 }))
        let bits = modulus.count * 8 - (modulus.first?.leadingZeroBitCount ?? 0)
        guard (2_048...8_192).contains(bits) else {
            throw .invalid("The RSA key has \(bits) bits; it has to have from 2048 to 8192.")
        }
        guard modulus.last.map({ $0 & 1 == 1 }) == true, (1...5).contains(exponent.count),
            exponent.last.map({ $0 & 1 == 1 }) == true, exponent != [1]
        else { throw .invalid("The RSA key's numbers are none that a key can have.") }
        let key = DERReader.element(0x30, DERReader.integer(modulus) + DERReader.integer(exponent))
        kind = .rsa
        der = DERReader.element(0x30, DERReader.element(0x30, Self.rsa) + DERReader.element(0x03, [0] + key))
    }

    /// A key that is written so already.
    ///
    /// - Throws: ``JWTError`` `JWT_KEY_INVALID` for what is none, or one of a kind that signs no tokens here.
    init(der: [UInt8]) throws(JWTError) {
        for head in Self.heads where der.starts(with: head.bytes) {
            try self.init(head.kind, point: Array(der.dropFirst(head.bytes.count)))
            return
        }
        var outer = DERReader(der[...])
        guard let content = outer.element(0x30), outer.isAtEnd else { throw Self.unknown }
        var parts = DERReader(content)
        guard let algorithm = parts.element(0x30), algorithm.elementsEqual(Self.rsa), let bits = parts.element(0x03),
            parts.isAtEnd, bits.first == 0
        else { throw Self.unknown }
        var sequence = DERReader(bits.dropFirst())
        guard let inner = sequence.element(0x30), sequence.isAtEnd else { throw Self.unknown }
        var numbers = DERReader(inner)
        guard let modulus = numbers.element(0x02), let exponent = numbers.element(0x02), numbers.isAtEnd else {
            throw Self.unknown
        }
        try self.init(modulus: modulus, exponent: exponent)
    }

    private static let unknown = JWTError.invalid(
        "The key is none of RSA, of P-256, P-384 or P-521 with a point that isn't compressed, or of Ed25519; make it anew, or take another."
    )
}

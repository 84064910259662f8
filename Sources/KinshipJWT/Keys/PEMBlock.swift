// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// A key between its two lines of PEM.
struct PEMBlock {
    let label: String
    let bytes: [UInt8]

    /// All that a text has.
    ///
    /// - Throws: ``JWTError`` `JWT_KEY_INVALID` for one without its end, or that isn't base64. No line of the text is shown.
    static func all(in text: String) throws(JWTError) -> [PEMBlock] {
        var blocks: [PEMBlock] = []
        var open: (label: String, text: String)?
        for line in text.split(whereSeparator: \.isNewline) {
            let line = line.drop { $0 == " " || $0 == "\t" }.split(separator: " ", omittingEmptySubsequences: false)
                .joined(separator: " ")
            if let label = line.between("-----BEGIN ", "-----") {
                guard open == nil else { throw broken }
                open = (label, "")
            } else if let label = line.between("-----END ", "-----") {
                guard let block = open, block.label == label, let data = Data(base64Encoded: block.text) else {
                    throw broken
                }
                blocks.append(PEMBlock(label: label, bytes: Array(data)))
                open = nil
            } else {
                open?.text += line.filter { !$0.isWhitespace }
            }
        }
        guard open == nil else { throw broken }
        guard !blocks.isEmpty else {
            throw .invalid(
                "There is no key: it has to stand between lines of PEM, -----BEGIN PUBLIC KEY----- and its end.")
        }
        return blocks
    }

    private static let broken = JWTError.invalid(
        "The key in PEM has no end, or isn't base64; copy all of its lines.")

    /// The public key that it is.
    ///
    /// - Throws: ``JWTError`` `JWT_KEY_INVALID` for anything else.
    func publicKey() throws(JWTError) -> SubjectPublicKey {
        switch label {
        case "PUBLIC KEY": return try SubjectPublicKey(der: bytes)
        case _ where label.hasSuffix("PRIVATE KEY"):
            throw .invalid(
                "That is a private key, which only the issuer may have; give the public one: openssl pkey -pubout makes it."
            )
        case "CERTIFICATE":
            throw .invalid("That is a certificate; give its key alone: openssl x509 -pubkey -noout shows it.")
        default:
            throw .invalid("That is no PUBLIC KEY; openssl rsa -RSAPublicKey_in -pubout makes one of an older form.")
        }
    }
}

extension String {
    /// What stands between a beginning and an end.
    fileprivate func between(_ first: String, _ last: String) -> String? {
        guard hasPrefix(first), hasSuffix(last), count > first.count + last.count else { return nil }
        return String(dropFirst(first.count).dropLast(last.count))
    }
}

// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Foundation
import Kinship
import KinshipREST
import Testing

@testable import KinshipJWT

/// Keys, and texts that are none.
@Suite struct TokenKeyTests {
    /// What is wrong with keys; nil where nothing is.
    private func fault(_ make: () throws(JWTError) -> Void) -> String? {
        do { try make() } catch {
            #expect(error.code == .keyInvalid && error.report.status == 500)
            return error.message
        }
        return nil
    }

    @Test func secretsAreLong() throws {
        for (length, algorithms, isGood) in [
            (0, [JWTAlgorithm.hs256], false), (31, [.hs256], false), (32, [.hs256], true),
            (47, [.hs256, .hs384], false),
            (48, [.hs384], true), (63, [.hs512], false), (64, [.hs512], true), (5_000, [.hs256], false),
            (64, [], false),
            (64, [.hs256, .rs256], false), (64, [.edDSA], false),
        ] {
            let secret = [UInt8](repeating: 0x61, count: length)
            #expect(
                (fault { () throws(JWTError) in _ = try JWTKey(secret: secret, algorithms: Set(algorithms)) } == nil)
                    == isGood)
        }
        let key = try JWTKey(secret: TokenMaker.secret, id: "a")
        var dumped = ""
        dump([key], to: &dumped)
        for text in ["\(key)", String(reflecting: key), dumped] {
            #expect(!text.contains("48") && !text.contains("0123") && text.contains("HS256") || text == dumped)
        }
        #expect(!dumped.contains("secret") && !dumped.contains("Material"))
    }

    @Test func publicKeysInPEM() throws {
        let rsa = try TokenMaker.rsa.get()
        #expect(try JWTKey(pem: rsa.pem).algorithms == [.rs256, .rs384, .rs512, .ps256, .ps384, .ps512])
        #expect(try JWTKey(pem: "text before\r\n" + rsa.pem.replacing("\n", with: "\r\n")).algorithms.count == 6)
        #expect(try JWTKey(pem: TokenMaker.p384.get().pem).algorithms == [.es384])
        #expect(try JWTKey(pem: rsa.pem, id: "a", algorithms: [.ps256]).algorithms == [.ps256])
        let all = try [TokenMaker.p256, TokenMaker.p384, TokenMaker.p521, TokenMaker.ed25519].map { try $0.get().pem }
        #expect(try JWTKeySet(parsing: Array(all.joined().utf8)).keys.count == 4)
        let der = rsa.der
        var point = try TokenMaker.p256.get().der
        point[40] ^= 1
        for (text, part) in [
            ("", "There is no key"), ("ssh-rsa AAAA", "There is no key"), (all.joined(), "4 keys"),
            (TokenSigner.pem("PRIVATE KEY", der), "private key"),
            (TokenSigner.pem("RSA PRIVATE KEY", der), "private key"),
            (TokenSigner.pem("CERTIFICATE", der), "certificate"),
            (TokenSigner.pem("RSA PUBLIC KEY", der), "no PUBLIC KEY"),
            (String(rsa.pem.dropLast(30)), "no end"), (rsa.pem.replacing("END PUBLIC", with: "END OTHER"), "no end"),
            (rsa.pem.replacing("MII", with: "M!I"), "base64"),
            (TokenSigner.pem("PUBLIC KEY", der + [0]), "The key is none of"),
            (TokenSigner.pem("PUBLIC KEY", Array(der.dropLast())), "The key is none of"),
            (TokenSigner.pem("PUBLIC KEY", []), "The key is none of"),
            (TokenSigner.pem("PUBLIC KEY", point), "no point"),
            (try TokenSigner(.secp256k1).pem, "The key is none of"), (try TokenSigner(.weakRSA).pem, "1024 bits"),
        ] {
            let message = try #require(fault { () throws(JWTError) in _ = try JWTKey(pem: text) }, "\(part)")
            #expect(message.contains(part), "\(message)")
            #expect(!message.contains("MII"))
        }
        // Any bytes at all.
        for length in 0..<der.count {
            #expect(fault { () throws(JWTError) in _ = try SubjectPublicKey(der: Array(der.prefix(length))) } != nil)
        }
        #expect(fault { () throws(JWTError) in _ = try JWTKey(pem: rsa.pem, algorithms: [.hs256]) } != nil)
        #expect(fault { () throws(JWTError) in _ = try JWTKey(pem: rsa.pem, algorithms: []) } != nil)
    }

    @Test func keysOfASet() throws {
        let (rsa, ec) = (try TokenMaker.rsa.get(), try TokenMaker.p256.get())
        let set: JSONValue = [
            "keys": [
                try rsa.jwk(["kid": "a", "use": "sig", "alg": "PS256"]),
                try ec.jwk(["kid": "b", "key_ops": ["verify"]]),
                try TokenMaker.p521.get().jwk(), try TokenMaker.ed25519.get().jwk(),
                try rsa.jwk(["kid": "c", "use": "enc"]), try rsa.jwk(["alg": "RSA-OAEP"]), try ec.jwk(["alg": "ES384"]),
                try ec.jwk(["crv": "P-384"]), try ec.jwk(["crv": "secp256k1"]), try ec.jwk(["x": "AAAA"]),
                try ec.jwk(["y": .string(Base64URL.text(Array(repeating: 0, count: 32)))]), try ec.jwk(["kid": 7]),
                try ec.jwk(["key_ops": ["sign"]]), try rsa.jwk(["n": "AQAB"]), try rsa.jwk(["e": "AQ"]),
                try rsa.jwk(["e": "AAAA"]), ["kty": "oct", "k": .string(Base64URL.text(TokenMaker.secret))],
                ["kty": "new"], "x",
            ]
        ]
        let text = Array(set.description.utf8)
        let keys = try JWTKeySet(parsing: text)
        #expect(keys.keys.map(\.id) == ["a", "b", nil, nil])
        #expect(keys.keys.map(\.algorithms) == [[.ps256], [.es256], [.es512], [.edDSA]])
        #expect(keys.ignored.count == 15, "\(keys.ignored)")
        #expect(try JWTKeySet(parsing: text, allowsSecrets: true).keys.count == 5)
        for (text, part) in [
            (#"{"keys":[]}"#, "no key"), (#"{"keys":{}}"#, "no list"), (#"{"keys":[],"keys":[]}"#, "name twice"),
            ("{", "no JSON"), (#"{"keys":[{"kty":"oct","k":"AAAA"}]}"#, "secret"),
            (JSONValue.object([.init("keys", .array([try ec.jwk(["d": "AAAA"])]))]).description, "private"),
            (String(repeating: " ", count: 1 << 20) + "{}", "bytes"),
            (#"{"kty":"oct","k":"AAAA"}"#, "secret"),
        ] {
            let message = try #require(fault { () throws(JWTError) in _ = try JWTKeySet(parsing: Array(text.utf8)) })
            #expect(message.contains(part), "\(message)")
        }
        #expect(throws: JWTError.self) {
            _ = try JWTKeySet((0...JWTKeySet.mostKeys).map { _ in try JWTKey(secret: TokenMaker.secret) })
        }
    }

    @Test func thereIsOneBase64ForAllBytes() {
        for length in 0..<70 {
            let bytes = (0..<length).map { UInt8(truncatingIfNeeded: $0 * 37 + length) }
            #expect(Base64URL.bytes(Base64URL.text(bytes).utf8) == bytes)
        }
        for text in ["A", "AB", "AAB", "AA==", "AA+A", "AA/A", "AA\n", "AAAAA", "Ää"] {
            #expect(Base64URL.bytes(text.utf8) == nil)
        }
    }
}

// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import COpenSSL
import Foundation
import Kinship
import KinshipREST
import TestSupport
import Testing

@testable import KinshipJWT

/// Tokens that somebody made up.
@Suite struct TokenAttackTests {
    private static let unsigned = "no key that is known has signed it"
    private static let unread = "a part isn't base64url"
    private static let unknown = "its algorithm isn't one that is taken here"

    @Test(arguments: JWTAlgorithm.allCases) func eachAlgorithmIsItsKeysAlone(_ algorithm: JWTAlgorithm) async throws {
        let token = try TokenMaker.token(#"{"sub":"7","exp":1800000060}"#, algorithm)
        for other in JWTAlgorithm.allCases {
            let taker = try TokenMaker.authenticator(JWTKeySet([TokenMaker.key(other)]))
            let isSame = try TokenMaker.signer(other)?.der == TokenMaker.signer(algorithm)?.der
            #expect(
                try await TokenMaker.outcome(token, taker) == (isSame ? "user 7" : Self.unsigned),
                "\(algorithm) \(other)")
            // The same signature, called otherwise.
            guard other != algorithm else { continue }
            let parts = token.split(separator: ".")
            let renamed = Base64URL.text(#"{"alg":"\#(other.rawValue)"}"#.utf8) + ".\(parts[1]).\(parts[2])"
            #expect(try await TokenMaker.outcome(renamed, taker) == Self.unsigned)
        }
        let all = try JWTKeySet(JWTAlgorithm.allCases.map { try TokenMaker.key($0, id: $0.rawValue) })
        #expect(try await TokenMaker.outcome(token, TokenMaker.authenticator(all)) == "user 7")
        let without = try TokenMaker.authenticator(all) {
            $0.algorithms = Set(JWTAlgorithm.allCases).subtracting([algorithm])
        }
        #expect(try await TokenMaker.outcome(token, without) == Self.unknown)
        // Nothing is left for libpq to find.
        #expect(ERR_peek_error() == 0)
    }

    /// A public key is no secret, in whichever spelling.
    @Test func publicKeysAreNoSecrets() async throws {
        let rsa = try TokenMaker.rsa.get()
        let keys = try JWTKeySet([JWTKey(pem: rsa.pem), TokenMaker.key(.es256)])
        for secret in [
            Array(rsa.pem.utf8), Array(rsa.pem.utf8.dropLast()), rsa.der, Array(try rsa.jwk().description.utf8),
        ] {
            for algorithm in [JWTAlgorithm.hs256, .hs384, .hs512] {
                let signed =
                    Base64URL.text(#"{"alg":"\#(algorithm.rawValue)"}"#.utf8) + "."
                    + Base64URL.text(#"{"sub":"7","exp":1800000060}"#.utf8)
                let token = signed + "." + Base64URL.text(TokenSigner.code(Array(signed.utf8), secret, algorithm))
                #expect(try await TokenMaker.outcome(token, TokenMaker.authenticator(keys)) == Self.unsigned)
            }
        }
        #expect(throws: JWTError.self) { _ = try JWTKey(secret: Array(rsa.pem.utf8)) }
    }

    @Test(arguments: ["none", "None", "NONE", "nOnE", "", "HS256 ", "hs256", "ES256K", "RSA-OAEP", "dir"])
    func algorithmsOfOthersArent(_ name: String) async throws {
        let token = try TokenMaker.token(header: #"{"alg":"\#(name)"}"#)
        #expect(try await TokenMaker.outcome(token) == Self.unknown)
        let unsigned = token.split(separator: ".").dropLast().joined(separator: ".") + "."
        #expect(try await TokenMaker.outcome(unsigned) == Self.unknown)
    }

    @Test func headersAreRead() async throws {
        for (header, reason) in [
            (#"{"alg":"HS256","crit":["exp"],"exp":1}"#, "its header has crit"),
            (#"{"alg":"HS256","crit":[]}"#, "its header has crit"),
            (#"{"alg":"HS256","b64":false}"#, "its header has b64"),
            (#"{"alg":"HS256","enc":"A128GCM"}"#, "its header has enc"),
            (#"{"alg":"HS256","zip":"DEF"}"#, "its header has zip"),
            (#"{"alg":"none","alg":"HS256"}"#, "its header is no object, or has a name twice"),
            (#"{"alg":"HS256","\u0061lg":"HS256"}"#, "its header is no object, or has a name twice"),
            (#"{"alg":"HS256","x":{"y":1,"y":2}}"#, "its header is no object, or has a name twice"),
            (#"["alg","HS256"]"#, "its header is no object, or has a name twice"),
            (#""HS256""#, "its header is no object, or has a name twice"), (#"{"alg":["HS256"]}"#, Self.unknown),
            (#"{"typ":"JWT"}"#, Self.unknown), (#"{"alg":null}"#, Self.unknown),
            (#"{"alg":"HS256","typ":"logout+jwt"}"#, "it is of a type that isn't taken here"),
            (#"{"alg":"HS256","typ":7}"#, "its type is no text"),
            (#"{"alg":"HS256","kid":7}"#, "the name of its key is no text"),
            (#"{"alg":"HS256","typ":"application/AT+JWT"}"#, "user 7"), (#"{"alg":"HS256"}"#, "user 7"),
            // Keys that it brings along are nobody's.
            (
                #"{"alg":"HS256","jwk":{"kty":"oct","k":"AAAA"},"jku":"https://evil.example","x5u":"https://evil.example"}"#,
                "user 7"
            ),
            (#"{"alg":"HS256","kid":"../../../dev/null"}"#, "user 7"),
            (#"{"alg":"HS256","kid":"' OR 1=1 --"}"#, "user 7"),
        ] {
            #expect(try await TokenMaker.outcome(TokenMaker.token(header: header)) == reason, "\(header)")
        }
        // Its own key, with its own signature.
        let own = try TokenSigner(.p256)
        let header = #"{"alg":"ES256","jwk":\#(try own.jwk())}"#
        let brought = try TokenMaker.token(header: header, by: own)
        let taker = try TokenMaker.authenticator(JWTKeySet([TokenMaker.key(.es256)]))
        #expect(try await TokenMaker.outcome(brought, taker) == Self.unsigned)
    }

    @Test func keysAreChosenByTheirNames() async throws {
        let (one, other) = (TokenMaker.secret, Array(TokenMaker.secret.reversed()))
        let keys = try JWTKeySet([JWTKey(secret: other, id: "other"), JWTKey(secret: one, id: "one")])
        let taker = try TokenMaker.authenticator(keys)
        func outcome(_ kid: String) async throws -> String {
            try await TokenMaker.outcome(TokenMaker.token(header: #"{"alg":"HS256","kid":"\#(kid)"}"#), taker)
        }
        #expect(try await outcome("one") == "user 7")
        for name in ["other", "One", "one ", "", "ones", "\\u0000"] {
            #expect(try await outcome(name) == Self.unsigned)
        }
        #expect(try await TokenMaker.outcome(TokenMaker.token(), taker) == "user 7")
        let many = try JWTKeySet((0..<9).map { try JWTKey(secret: one, id: "\($0)") })
        #expect(
            try await TokenMaker.outcome(TokenMaker.token(), TokenMaker.authenticator(many))
                == "it doesn't say which of many keys is its own")
    }

    @Test func thereIsOneSpelling() async throws {
        let token = try TokenMaker.token()
        let parts = token.split(separator: ".").map(String.init)
        for (text, reason) in [
            (token + "=", Self.unread), (token + "==", Self.unread), (token + "A", Self.unsigned),
            (token + " ", Self.unread),
            (token + "\n", Self.unread), (parts[0] + "=." + parts[1] + "." + parts[2], Self.unread),
            ("\(parts[0]).\(parts[1]).", Self.unsigned), ("\(parts[0]).\(parts[1])", "it isn't three parts"),
            ("\(token).", "it isn't three parts"), ("\(token).\(parts[0]).\(parts[1])", "it isn't three parts"),
            (".\(parts[1]).\(parts[2])", "its header is no object, or has a name twice"),
            ("\(parts[0])..\(parts[2])", Self.unsigned),
            ("..", "its header is no object, or has a name twice"), ("", "it isn't three parts"),
            ("....", "it isn't three parts"),
            (token.replacing("-", with: "+").replacing("_", with: "/") + "+", Self.unread), ("é.é.é", Self.unread),
            (String(repeating: "A", count: 1_000_000), "it is too long"),
            (String(repeating: ".", count: 16_000), "it isn't three parts"),
        ] { #expect(try await TokenMaker.outcome(text) == reason, "\(text.prefix(200))") }
        // 32 bytes leave two bits that mean nothing: of the four last letters that have the others one is right.
        let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_")
        var taken = 0
        for letter in alphabet where try await TokenMaker.outcome(String(token.dropLast()) + String(letter)) == "user 7"
        {
            taken += 1
        }
        #expect(taken == 1)
    }

    @Test func signaturesOfNothingArent() async throws {
        for algorithm in [JWTAlgorithm.es256, .es384, .es512, .edDSA, .rs256, .ps512] {
            let taker = try TokenMaker.authenticator(JWTKeySet([TokenMaker.key(algorithm)]))
            let token = try TokenMaker.token(#"{"sub":"7","exp":1800000060}"#, algorithm)
            let parts = token.split(separator: ".").map(String.init)
            let right = try #require(Base64URL.bytes(parts[2].utf8))
            var signatures: [[UInt8]] = [0, 1, 0xFF].map { [UInt8](repeating: $0, count: right.count) }
            signatures += [Array(right.dropLast()), right + [0], [0] + right, Array(right.dropFirst()), [], [0]]
            // A signature in the spelling of the library's own.
            let half = right.count / 2
            signatures.append(
                DERReader.element(0x30, DERReader.integer(right[..<half]) + DERReader.integer(right[half...])))
            for signature in signatures {
                let text = "\(parts[0]).\(parts[1])." + Base64URL.text(signature)
                #expect(try await TokenMaker.outcome(text, taker) == Self.unsigned, "\(algorithm) \(signature.count)")
            }
        }
    }

    /// A signature is as long as the key, also where it begins with a zero.
    @Test func signaturesAreWhole() async throws {
        let taker = try TokenMaker.authenticator(JWTKeySet([TokenMaker.key(.ps256)]))
        for number in 0..<20_000 {
            let token = try TokenMaker.token(#"{"sub":"7","exp":1800000060,"n":\#(number)}"#, .ps256)
            let parts = token.split(separator: ".").map(String.init)
            let right = try #require(Base64URL.bytes(parts[2].utf8))
            guard right[0] == 0 else { continue }
            #expect(try await TokenMaker.outcome(token, taker) == "user 7")
            let text = "\(parts[0]).\(parts[1])." + Base64URL.text(Array(right.dropFirst()))
            #expect(try await TokenMaker.outcome(text, taker) == Self.unsigned)
            return
        }
        Issue.record("No signature began with a zero.")
    }

    @Test func textsOfKeysAreNoSecrets() throws {
        let key = try TokenMaker.rsa.get()
        for text in [
            key.pem, JWTKeySetText.of([try key.jwk(["kid": "1"])]),
            "ssh-rsa AAAAB3NzaC1yc2EAAAADAQABAAABgQC7 me@example.org",
        ] {
            #expect(throws: JWTError.self) { try JWTKey(secret: Array(text.utf8)) }
        }
    }

    private enum JWTKeySetText {
        static func of(_ keys: [JSONValue]) -> String { JSONValue.object([.init("keys", .array(keys))]).description }
    }

    /// None of many tokens that are nearly right counts.
    @Test(.timeLimit(.minutes(2))) func nothingChangedCounts() async throws {
        var random = SeededRandom(20_261_130)
        let letters = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.=+/ \u{0}\u{FF}".utf8)
        for algorithm in [JWTAlgorithm.hs256, .es256, .edDSA, .rs256, .ps256] {
            let taker = try TokenMaker.authenticator(JWTKeySet([TokenMaker.key(algorithm)]))
            let token = Array(try TokenMaker.token(#"{"sub":"7","exp":1800000060}"#, algorithm).utf8)
            for _ in 0..<2_000 {
                var changed = token
                for _ in 0..<Int.random(in: 1...3, using: &random) {
                    let place = Int.random(in: 0..<changed.count, using: &random)
                    switch Int.random(in: 0..<5, using: &random) {
                    case 0: changed.remove(at: place)
                    case 1: changed.insert(letters.randomElement(using: &random) ?? 65, at: place)
                    case 2: changed.swapAt(place, Int.random(in: 0..<changed.count, using: &random))
                    case 3: changed.removeLast(min(place, 40))
                    default: changed[place] = letters.randomElement(using: &random) ?? 65
                    }
                }
                guard changed != token else { continue }
                let text = String(decoding: changed, as: UTF8.self)
                #expect(try await !TokenMaker.outcome(text, taker).hasPrefix("user"), "\(text)")
            }
        }
    }
}

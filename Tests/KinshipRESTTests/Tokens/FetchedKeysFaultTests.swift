// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Kinship
import TestSupport
import Testing

@testable import KinshipJWT

/// Issuers that do what they shouldn't.
@Suite(.timeLimit(.minutes(1))) struct FetchedKeysFaultTests {
    private let unsigned = "no key that is known has signed it"

    @Test func exposedKeysAreLeftOut() async throws {
        let issuer = KeyIssuer()
        let (one, two) = (try TokenMaker.p256.get(), try TokenMaker.p384.get())
        let secret: JSONValue = ["kty": "oct", "kid": "4", "k": .string(Base64URL.text(TokenMaker.secret))]
        issuer.show([
            try one.jwk(["kid": "1"]), try two.jwk(["kid": "2", "d": "AAAA"]), try two.jwk(["kid": "3"]), secret,
            try TokenMaker.rsa.get().jwk(["kid": "5", "p": "AAAA"]), try TokenMaker.p521.get().jwk(["use": "enc"]),
        ])
        let keys = issuer.keys()
        for _ in 0..<2 {
            #expect(try await KeyIssuer.outcome("1", .es256, keys) == "user 7")
            for (id, algorithm) in [("2", JWTAlgorithm.es384), ("3", .es384), ("4", .hs256), ("5", .rs256)] {
                #expect(try await KeyIssuer.outcome(id, algorithm, keys) == unsigned, "\(id)")
            }
            issuer.pass(30)
        }
        #expect(issuer.fetches == 2)
        // Once, and not what is for something else.
        let told = issuer.log.lines.filter { $0.contains("nobody may see") }
        #expect(told.count == 3 && told.allSatisfy { $0.hasPrefix("warning") }, "\(told)")
        for index in [1, 3, 4] { #expect(told.contains { $0.contains("keys[\(index)]") }) }
        #expect(!issuer.log.lines.contains { $0.contains("AAAA") })
        // A set that has no others is none: what was known counts.
        issuer.show([try two.jwk(["kid": "2", "d": "AAAA"]), secret])
        issuer.pass(30)
        #expect(try await KeyIssuer.outcome("6", .es256, keys) == unsigned && issuer.fetches == 3)
        #expect(try await KeyIssuer.outcome("1", .es256, keys) == "user 7")
    }

    /// In a file that the program was given a private key is told, not passed over.
    @Test func privateKeysOfAFileAreRefused() throws {
        let (one, two) = (try TokenMaker.p256.get(), try TokenMaker.rsa.get())
        for jwk in [try two.jwk(["d": "AAAA"]), try two.jwk(["qi": "AAAA"]), try two.jwk(["use": "enc", "d": "AAAA"])] {
            let set = Array(JSONValue.object([.init("keys", [try one.jwk(), jwk])]).description.utf8)
            let error = #expect(throws: JWTError.self) { _ = try JWTKeySet(parsing: set) }
            #expect(error?.message.contains("private") == true)
            #expect(try JWTKeySet(shown: set).keys.count == 1)
        }
    }

    @Test func theTimeHoldsWhateverTheFunctionDoes() async throws {
        let issuer = KeyIssuer()
        let one = try TokenMaker.p256.get().jwk(["kid": "1"])
        issuer.show([one], hangs: true)
        let keys = issuer.keys(timeLimit: .milliseconds(20))
        // All that wait go on, and nothing is begun beside what hangs.
        try await withThrowingTaskGroup(of: JWTError.Code?.self) { group in
            for _ in 0..<20 {
                group.addTask {
                    do { _ = try await keys.currentKeys() } catch let error as JWTError { return error.code }
                    return nil
                }
            }
            for try await code in group { #expect(code == .keysUnavailable) }
        }
        issuer.show([one])
        for _ in 0..<5 {
            issuer.pass(30)
            await #expect(throws: JWTError.self) { try await keys.currentKeys() }
        }
        #expect(issuer.fetches == 1)
        #expect(issuer.log.lines.contains { $0.contains("longer than it may") })
        #expect(issuer.log.lines.contains { $0.contains("hasn't come to its end") })
        issuer.letGo()
        var outcome = ""
        while outcome != "user 7" {
            issuer.pass(30)
            outcome = (try? await KeyIssuer.outcome("1", .es256, keys)) ?? ""
            await Task.yield()
        }
        #expect(issuer.fetches == 2)
    }

    @Test func failuresAreToldOnceInAMinute() async throws {
        let issuer = KeyIssuer()
        let one = try TokenMaker.p256.get().jwk(["kid": "1"])
        issuer.show([], isDown: true)
        let keys = issuer.keys()
        func told(_ part: String) -> Int { issuer.log.lines.filter { $0.contains(part) }.count }
        for _ in 0..<10 {
            for _ in 0..<10 { await #expect(throws: JWTError.self) { try await keys.currentKeys() } }
            issuer.pass(30)
        }
        #expect(issuer.fetches == 10 && told("can't be fetched") == 5, "\(issuer.log.lines)")
        issuer.show([one])
        #expect(try await KeyIssuer.outcome("1", .es256, keys) == "user 7" && told("fetched again") == 1)
        // What is new is told at once.
        issuer.show([], isDown: true)
        issuer.pass(30)
        #expect(try await KeyIssuer.outcome("2", .es256, keys) == unsigned)
        #expect(told("can't be fetched") == 6 && told("fetched again") == 1)
    }

    @Test func keysMadeAnewKeepTheirNames() async throws {
        let issuer = KeyIssuer()
        let (old, new) = (try TokenMaker.p256.get(), try TokenSigner(.p256))
        for id in ["1", nil] as [String?] {
            let name: [String: JSONValue] = id.map { ["kid": .string($0)] } ?? [:]
            issuer.show([try old.jwk(name)])
            let keys = issuer.keys()
            let before = issuer.fetches
            #expect(try await KeyIssuer.outcome(id, .es256, keys) == "user 7")
            issuer.show([try new.jwk(name)])
            #expect(try await KeyIssuer.outcome(id, .es256, keys, by: new) == unsigned)
            #expect(issuer.fetches == before + 1)
            issuer.pass(30)
            #expect(try await KeyIssuer.outcome(id, .es256, keys, by: new) == "user 7")
            // What somebody made up begins no more than an unknown name does.
            for _ in 0..<50 {
                #expect(try await KeyIssuer.outcome(id, .es256, keys) == unsigned)
                #expect(try await KeyIssuer.outcome("other", .es256, keys) == unsigned)
            }
            #expect(issuer.fetches == before + 2)
            issuer.pass(30)
            for _ in 0..<50 {
                #expect(try await KeyIssuer.outcome(id, .es256, keys) == unsigned)
                #expect(try await KeyIssuer.outcome("other", .es256, keys) == unsigned)
            }
            #expect(issuer.fetches == before + 3)
            // Of another kind, too.
            issuer.show([try TokenMaker.p384.get().jwk(name)])
            issuer.pass(30)
            #expect(try await KeyIssuer.outcome(id, .es384, keys) == "user 7" && issuer.fetches == before + 4)
        }
    }
}

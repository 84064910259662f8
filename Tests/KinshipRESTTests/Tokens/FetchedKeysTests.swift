// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Kinship
import KinshipREST
import Testing

@testable import KinshipJWT

/// Keys that are fetched.
@Suite(.timeLimit(.minutes(1))) struct FetchedKeysTests {
    private func outcome(_ id: String, _ algorithm: JWTAlgorithm, _ keys: FetchedKeys) async throws -> String {
        try await KeyIssuer.outcome(id, algorithm, keys)
    }

    private let unsigned = "no key that is known has signed it"

    @Test func unknownKeysBeginAFetchNowAndThen() async throws {
        let issuer = KeyIssuer()
        let (one, two) = (try TokenMaker.p256.get().jwk(["kid": "1"]), try TokenMaker.p384.get().jwk(["kid": "2"]))
        issuer.show([one])
        let keys = issuer.keys()
        #expect(try await outcome("1", .es256, keys) == "user 7" && issuer.fetches == 1)
        for id in 0..<100 { #expect(try await outcome("unknown \(id)", .es256, keys) == unsigned) }
        #expect(issuer.fetches == 1)
        issuer.show([one, two])
        #expect(try await outcome("2", .es384, keys) == unsigned)
        issuer.pass(30)
        #expect(try await outcome("2", .es384, keys) == "user 7" && issuer.fetches == 2)
        for id in 0..<100 { #expect(try await outcome("unknown \(id)", .es256, keys) == unsigned) }
        #expect(issuer.fetches == 2)
        // A key that the issuer has taken back is gone with the next fetch.
        issuer.show([two])
        issuer.pass(30)
        #expect(try await outcome("3", .es384, keys) == unsigned && issuer.fetches == 3)
        #expect(try await outcome("1", .es256, keys) == unsigned)
    }

    @Test func manyAtOnceAreOneFetch() async throws {
        let issuer = KeyIssuer()
        issuer.show([try TokenMaker.p256.get().jwk(["kid": "1"])])
        let keys = issuer.keys(.milliseconds(50))
        try await withThrowingTaskGroup(of: String.self) { group in
            for _ in 0..<100 { group.addTask { try await self.outcome("1", .es256, keys) } }
            for try await outcome in group { #expect(outcome == "user 7") }
        }
        #expect(issuer.fetches == 1)
    }

    @Test func whatIsKnownCountsForAWhile() async throws {
        let issuer = KeyIssuer()
        issuer.show([try TokenMaker.p256.get().jwk(["kid": "1"])])
        let keys = issuer.keys()
        #expect(try await outcome("1", .es256, keys) == "user 7")
        issuer.show([], isDown: true)
        issuer.pass(86_399)
        #expect(try await outcome("1", .es256, keys) == "user 7")
        issuer.pass(1)
        await #expect(throws: JWTError.self) { try await self.outcome("1", .es256, keys) }
        let fetches = issuer.fetches
        for _ in 0..<100 {
            let error = await #expect(throws: JWTError.self) { try await self.outcome("1", .es256, keys) }
            #expect(error?.code == .keysUnavailable && error?.report.status == 503)
        }
        #expect(issuer.fetches - fetches <= 1)
        // A set without keys is one that was fetched wrongly.
        issuer.show([])
        issuer.pass(30)
        await #expect(throws: JWTError.self) { try await self.outcome("1", .es256, keys) }
        issuer.show([try TokenMaker.p256.get().jwk(["kid": "1"])])
        issuer.pass(30)
        #expect(try await outcome("1", .es256, keys) == "user 7")
    }

    @Test func keysAreFetchedAnewBehindARequest() async throws {
        let issuer = KeyIssuer()
        issuer.show([try TokenMaker.p256.get().jwk(["kid": "1"])])
        let keys = issuer.keys()
        #expect(try await outcome("1", .es256, keys) == "user 7")
        issuer.show([])
        issuer.pass(600)
        #expect(try await outcome("1", .es256, keys) == "user 7")
        while issuer.fetches == 1 { await Task.yield() }
        #expect(issuer.fetches == 2)
    }

    @Test func whatWasTakenBackWhileNobodyAskedDoesNotCount() async throws {
        let issuer = KeyIssuer()
        let (one, two) = (try TokenMaker.p256.get().jwk(["kid": "1"]), try TokenMaker.p384.get().jwk(["kid": "2"]))
        issuer.show([one, two])
        let keys = issuer.keys()
        #expect(try await outcome("1", .es256, keys) == "user 7")
        issuer.show([two])
        issuer.pass(1_200)
        #expect(try await outcome("1", .es256, keys) == unsigned)
        #expect(try await outcome("2", .es384, keys) == "user 7")
        #expect(issuer.fetches == 2)
    }

    @Test func tokensOfOtherIssuersAskForNoKeys() async throws {
        let issuer = KeyIssuer()
        issuer.show([], isDown: true)
        let authenticator = try TokenMaker.authenticator(issuer.keys(), issuer: "https://a.example")
        for claims in [
            #"{"iss":"https://b.example","sub":"7","exp":1800000060}"#, #"{"sub":"7","exp":1800000060}"#, "[]",
        ] {
            let token = try TokenMaker.token(claims, .es256)
            #expect(try await TokenMaker.outcome(token, authenticator) == "it is another issuer's")
        }
        #expect(issuer.fetches == 0)
    }

    @Test func aFetchHasItsTime() async throws {
        let keys = KeyIssuer().keys(.seconds(3_600), timeLimit: .milliseconds(20))
        await #expect(throws: JWTError.self) { try await self.outcome("1", .es256, keys) }
    }
}

// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Kinship
import KinshipREST
import Testing

@testable import KinshipJWT

/// What a signed token claims.
@Suite struct TokenClaimTests {
    private static func outcome(
        _ claims: String, issuer: String? = nil, audience: String? = nil, now: Double = TokenMaker.now,
        _ change: (inout JWTAuthenticator) -> Void = { _ in }
    ) async throws -> String {
        try await TokenMaker.outcome(
            TokenMaker.token(claims), TokenMaker.authenticator(issuer: issuer, audience: audience, now: now, change))
    }

    @Test func tokensEnd() async throws {
        func at(_ now: Double, _ claims: String, leeway: Int = 0) async throws -> String {
            try await Self.outcome(#"{"sub":"7",\#(claims)}"#, now: now) { $0.leeway = .seconds(leeway) }
        }
        let (over, early) = ("it is over", "it isn't good yet")
        #expect(try await at(999.999, #""exp":1000"#) == "user 7")
        // In the second that it names it is over.
        #expect(try await at(1000, #""exp":1000"#) == over)
        #expect(try await at(1029.999, #""exp":1000"#, leeway: 30) == "user 7")
        #expect(try await at(1030, #""exp":1000"#, leeway: 30) == over)
        #expect(try await at(1000.25, #""exp":1000.5"#) == "user 7")
        #expect(try await at(1000.5, #""exp":1.0005e3"#) == over)
        #expect(try await at(0, #""exp":0"#, leeway: -5) == over)
        #expect(try await at(999, #""exp":2000,"nbf":1000"#) == early)
        #expect(try await at(1000, #""exp":2000,"nbf":1000"#) == "user 7")
        #expect(try await at(970, #""exp":2000,"nbf":1000"#, leeway: 30) == "user 7")
        #expect(try await at(969, #""exp":2000,"nbf":1000"#, leeway: 30) == early)
        #expect(try await at(999, #""exp":2000,"iat":1000"#) == "it says it was made later than now")
        #expect(try await at(1000, #""exp":2000,"iat":1000"#) == "user 7")
        #expect(try await at(1000, #""iat":1000"#) == "it doesn't say when it ends")
        #expect(try await Self.outcome(#"{"sub":"7"}"#) { $0.requiresExpiration = false } == "user 7")
        #expect(try await Self.outcome(#"{"sub":"7","exp":1}"#) { $0.requiresExpiration = false } == over)
    }

    @Test func datesAreNumbersThatAreDates() async throws {
        for value in [
            #""1900000000""#, "null", "true", "[1900000000]", "{}", "-1", "-0.1", "1e400", "1e308", "9e15",
            "1900000000000",
            "253402300800", #""NaN""#, #""Infinity""#, String(repeating: "9", count: 400),
            "1." + String(repeating: "0", count: 400),
        ] {
            for name in ["exp", "nbf", "iat"] {
                let claims =
                    name == "exp"
                    ? #"{"sub":"7","exp":\#(value)}"# : #"{"sub":"7","exp":1800000060,"\#(name)":\#(value)}"#
                let reason = try await Self.outcome(claims)
                #expect(reason == "its \(name) is no date, in seconds since 1970", "\(name) \(value.prefix(20))")
            }
        }
        for value in ["NaN", "Infinity", "1e", "0x7fffffff", "01", "+1", "1_000", ".5"] {
            #expect(
                try await Self.outcome(#"{"sub":"7","exp":\#(value)}"#)
                    == "what it claims is no object, or has a name twice")
        }
        #expect(try await Self.outcome(#"{"sub":"7","exp":253402300799}"#) == "user 7")
        #expect(try await Self.outcome(#"{"sub":"7","exp":1.80000006e9}"#) == "user 7")
    }

    @Test func claimsAreAnObjectWithEachNameOnce() async throws {
        let wrong = "what it claims is no object, or has a name twice"
        for claims in [
            "", "[]", "7", "null", #""sub""#, "{", #"{"sub":"7"}{"#, #"{"sub":"8","sub":"7","exp":1800000060}"#,
            #"{"sub":"8","s\u0075b":"7","exp":1800000060}"#, #"{"sub":"7","exp":1,"exp":1800000060}"#,
            #"{"sub":"7","exp":1800000060,"a":[{"b":{"c":1,"c":1}}]}"#,
            #"{"sub":"7","exp":1800000060,"\u00e9":1,"e\u0301":2}"#,
            #"{"sub":"7","exp":1800000060,"deep":\#(String(repeating: "[", count: 40))\#(String(repeating: "]", count: 40))}"#,
            #"{"sub":"7","exp":1800000060,"deep":\#(String(repeating: "{\"a\":", count: 1_500))1\#(String(repeating: "}", count: 1_500))}"#,
            #"{"sub":"\ud800","exp":1800000060}"#,
        ] { #expect(try await Self.outcome(claims) == wrong, "\(claims.prefix(80))") }
        #expect(
            try await Self.outcome(#"{"sub":"7","exp":1800000060,"a:b\"":"c:\"d\\","e":[{"f":1},{"f":1}]}"#) == "user 7"
        )
    }

    @Test func tokensAreForSomebody() async throws {
        func outcome(_ more: String, _ issuer: String?, _ audience: String?) async throws -> String {
            try await Self.outcome(#"{"sub":"7","exp":1800000060\#(more)}"#, issuer: issuer, audience: audience)
        }
        let (other, somebody, unsaid) = (
            "it is another issuer's", "it is for somebody else", "it doesn't say for whom it is"
        )
        #expect(try await outcome(#","iss":"https://a","aud":"shop""#, "https://a", "shop") == "user 7")
        #expect(try await outcome(#","iss":"https://a","aud":["x","shop"]"#, "https://a", "shop") == "user 7")
        for issuer in [#""https://a/""#, #""https://A""#, #"["https://a"]"#, "null", #""""#] {
            #expect(try await outcome(#","iss":\#(issuer)"#, "https://a", nil) == other, "\(issuer)")
        }
        #expect(try await outcome("", "https://a", nil) == other)
        for audience in [#""Shop""#, #""shop ""#, #"["x"]"#, "[]", #"["shop",7]"#, #"[["shop"]]"#, #""""#] {
            #expect(try await outcome(#","aud":\#(audience)"#, nil, "shop") == somebody, "\(audience)")
        }
        for audience in ["null", "7", #"{"shop":true}"#] {
            #expect(try await outcome(#","aud":\#(audience)"#, nil, "shop") == "for whom it is, is no text")
        }
        #expect(try await outcome("", nil, "shop") == unsaid)
        // Who isn't named isn't meant.
        #expect(try await outcome(#","aud":"shop""#, nil, nil) == somebody)
        // To Swift these two are equal.
        #expect(try await outcome(#","iss":"caf\u0065\u0301""#, "caf\u{E9}", nil) == other)
    }

    @Test func usersAreKeysOfTheirModel() async throws {
        let wrong = "its sub is no key that a user can have"
        for (subject, outcome) in [
            (#""7""#, "user 7"), ("7", "user 7"), (#""007""#, "user 7"), ("-7", "user -7"),
            (#""2147483647""#, "user 2147483647"),
            (#""2147483648""#, wrong), (#""7.0""#, wrong), ("7.5", wrong), ("7e0", wrong), (#"" 7""#, wrong),
            (#""7;""#, wrong),
            (#""ada""#, wrong), (#""""#, wrong), ("null", wrong), ("true", wrong), (#"["7"]"#, wrong),
            (#"{"id":7}"#, wrong),
            (#""\u0000""#, wrong), (#""7\u0000""#, wrong), (#""٧""#, wrong), (#""99999999999999999999""#, wrong),
        ] {
            #expect(try await Self.outcome(#"{"sub":\#(subject),"exp":1800000060}"#) == outcome, "\(subject)")
        }
        #expect(try await Self.outcome(#"{"exp":1800000060}"#) == wrong)
        #expect(
            try await Self.outcome(#"{"sub":"x","exp":1800000060,"app":{"id":9}}"#) { $0.userClaim = "/app/id" }
                == "user 9")
        #expect(
            try await Self.outcome(#"{"sub":"7","exp":1800000060,"https://a/id":"9"}"#) {
                $0.userClaim = "https://a/id"
            }
                == "user 9")
        #expect(
            try await Self.outcome(#"{"sub":"auth0|x","exp":1800000060}"#) { $0.userModel = "Nobody" } == "user auth0|x"
        )
    }

    @Test func rolesAreAListOrWords() async throws {
        func roles(_ value: String, _ claim: JWTClaim? = "roles") async throws -> Set<String> {
            let taker = try TokenMaker.authenticator { $0.rolesClaim = claim }
            let token = try TokenMaker.token(#"{"sub":"7","exp":1800000060,"roles":\#(value)}"#)
            return try await taker.identity(of: token, in: TokenMaker.schema.get()).roles
        }
        #expect(try await roles(#"["admin","editor"]"#) == ["admin", "editor"])
        #expect(try await roles(#""admin  editor ""#) == ["admin", "editor"])
        #expect(try await roles(#"["$owner","$authenticated","","admin"]"#) == ["admin"])
        #expect(try await roles("null") == [])
        #expect(try await roles(#"["admin"]"#, nil) == [])
        #expect(try await roles(#"{"of":["admin"]}"#, "/roles/of") == ["admin"])
        #expect(try await roles("[]", "/roles/of") == [])
        for value in ["7", #"["admin",7]"#, "{}", "true"] {
            await #expect(throws: TokenFault.self, "\(value)") { try await roles(value) }
        }
        #expect(JWTClaim("/a/b").description == "/a/b" && JWTClaim("a/b").description == "a/b")
    }
}

// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import ArgumentParser
import Foundation
import Kinship
import KinshipJWT
import KinshipREST
import Logging

/// The options of tokens that an issuer signs.
struct TokenOptions: ParsableArguments {
    @Option(
        name: .long,
        help: ArgumentHelp(
            "A file with the secret that tokens (JWT) are signed with; a line break at its end doesn't count.",
            valueName: "file"), completion: .file())
    var jwtSecretFile: String?

    @Option(
        name: .long,
        help: ArgumentHelp(
            "A file with the issuer's keys: public ones in PEM, or a JWK Set.", valueName: "file"),
        completion: .file(extensions: ["pem", "json", "jwks"]))
    var jwtKeys: String?

    @Option(
        name: .long, parsing: .singleValue,
        help: ArgumentHelp(
            "An algorithm that tokens may be signed with; may be repeated. Default: HS256 for a secret, and those that the keys are for.",
            valueName: "name"), completion: .list(JWTAlgorithm.allCases.map(\.rawValue)), transform: Self.algorithm)
    var jwtAlgorithm: [JWTAlgorithm] = []

    @Option(
        name: .long, parsing: .singleValue,
        help: ArgumentHelp(
            "Whose tokens count (iss); may be repeated. Default: anybody's who has a key.", valueName: "text"))
    var jwtIssuer: [String] = []

    @Option(
        name: .long, parsing: .singleValue,
        help: ArgumentHelp(
            "For whom tokens have to be (aud); may be repeated. Default: tokens that don't say.", valueName: "text"))
    var jwtAudience: [String] = []

    @Option(
        name: .long,
        help: ArgumentHelp("The claim with the user's key; /a/b for one inside of another.", valueName: "claim"))
    var jwtUserClaim = "sub"

    @Option(
        name: .long,
        help: ArgumentHelp(
            "The claim with the user's roles; /a/b for one inside of another. Default: tokens say nothing of roles.",
            valueName: "claim"))
    var jwtRolesClaim: String?

    @Option(name: .long, help: ArgumentHelp("How far clocks may differ.", valueName: "seconds"))
    var jwtLeeway = 30.0

    @Option(
        name: .long,
        help: ArgumentHelp(
            "The claim that says for which tenant a request is, of models whose records are a tenant's; /a/b for one inside of another.",
            valueName: "claim"))
    var tenantClaim: String?

    /// Whether there are keys.
    var areTaken: Bool { jwtSecretFile != nil || jwtKeys != nil }

    private var saysMore: Bool {
        !jwtAlgorithm.isEmpty || !jwtIssuer.isEmpty || !jwtAudience.isEmpty || jwtRolesClaim != nil
            || tenantClaim != nil
            || jwtUserClaim != "sub" || jwtLeeway != 30
    }

    func validate() throws {
        guard areTaken || !saysMore else {
            throw ValidationError("Tokens need --jwt-secret-file or --jwt-keys, which they are held against.")
        }
        guard (0...3_600).contains(jwtLeeway) else {
            throw ValidationError("--jwt-leeway is a number of seconds, at least 0 and at most 3600.")
        }
        let claims: [(String, String?)] = [
            ("--jwt-user-claim", jwtUserClaim), ("--jwt-roles-claim", jwtRolesClaim), ("--tenant-claim", tenantClaim),
        ]
        for (option, claim) in claims {
            guard let claim, ClaimPath(claim) == nil else { continue }
            throw ValidationError(
                "\(option) is a claim's name, or with a slash ahead the way to one: /a/b. No name in it is empty; ~1 stands for a slash, and ~0 for a ~."
            )
        }
    }

    private static func algorithm(_ text: String) throws -> JWTAlgorithm {
        guard let algorithm = JWTAlgorithm(rawValue: text) else {
            throw ValidationError(
                "'\(text)' is none of \(JWTAlgorithm.allCases.map(\.rawValue).joined(separator: ", ")).")
        }
        return algorithm
    }

    /// The rules, kept for who has such a token, or one of LoopBack's where there are some.
    ///
    /// Keys of the file that are left out are told to the logger.
    ///
    /// - Throws: ``Failure`` for a file that isn't there; ``JWTError`` for one that has no keys.
    func applied(to control: AccessControl, _ schema: Schema, _ logger: Logger) throws -> AccessControl {
        guard areTaken else { return control }
        var tokens = JWTAuthenticator(try keys(logger), issuer: nil, audience: nil)
        tokens.issuers = Set(jwtIssuer)
        tokens.audiences = Set(jwtAudience)
        if !jwtAlgorithm.isEmpty { tokens.algorithms = Set(jwtAlgorithm) }
        tokens.leeway = .seconds(jwtLeeway)
        tokens.userClaim = JWTClaim(jwtUserClaim)
        tokens.rolesClaim = jwtRolesClaim.map { JWTClaim($0) }
        var control = control
        control.authenticator = AuthenticatorChain(
            tokens, AccessTokenAuthenticator(schema, cookieSecret: control.cookieSecret))
        return control
    }

    private func keys(_ logger: Logger) throws -> JWTKeySet {
        var keys: [JWTKey] = []
        if let jwtSecretFile {
            var secret = try Self.bytes(jwtSecretFile, "--jwt-secret-file")
            if secret.last == UInt8(ascii: "\n") { secret.removeLast() }
            if secret.last == UInt8(ascii: "\r") { secret.removeLast() }
            let algorithms = Set(jwtAlgorithm).intersection([.hs256, .hs384, .hs512])
            keys.append(try JWTKey(secret: secret, algorithms: algorithms.isEmpty ? [.hs256] : algorithms))
        }
        if let jwtKeys {
            let set = try JWTKeySet(parsing: try Self.bytes(jwtKeys, "--jwt-keys"))
            for text in set.ignored { logger.warning("A key of --jwt-keys is left out: \(text)") }
            keys += set.keys
        }
        return try JWTKeySet(keys)
    }

    private static func bytes(_ path: String, _ option: String) throws -> [UInt8] {
        guard let bytes = FileManager.default.contents(atPath: path) else {
            throw Failure(.noInput, "There is no file \"\(path)\" that can be read.", remedy: "name one with \(option)")
        }
        return Array(bytes)
    }
}

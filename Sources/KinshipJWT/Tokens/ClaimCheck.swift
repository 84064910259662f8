// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

/// What a token has to claim so that it counts (RFC 7519, RFC 8725).
struct ClaimCheck {
    var issuers: Set<String>
    var audiences: Set<String>
    /// In seconds.
    var leeway: Double
    var requiresExpiration: Bool

    /// The last second that is a date: of the year 9999. What is given in milliseconds is beyond it.
    private static let lastDate = 253_402_300_799.0

    /// - Parameter now: in seconds since 1970.
    /// - Throws: the first that is wrong.
    func check(_ claims: JSONValue, now: Double) throws(TokenFault) {
        if let end = try end(of: claims) {
            guard now < end else { throw TokenFault("it is over") }
        } else if requiresExpiration {
            throw TokenFault("it doesn't say when it ends")
        }
        if let begin = try date(claims, "nbf"), now < begin - leeway { throw TokenFault("it isn't good yet") }
        if let made = try date(claims, "iat"), now < made - leeway {
            throw TokenFault("it says it was made later than now")
        }
        if !issuers.isEmpty {
            guard let issuer = claims["iss"]?.text, holds(issuers, issuer) else {
                throw TokenFault("it is another issuer's")
            }
        }
        switch claims["aud"] {
        case nil:
            guard audiences.isEmpty else { throw TokenFault("it doesn't say for whom it is") }
        case .string(let audience)?:
            guard holds(audiences, audience) else { throw TokenFault("it is for somebody else") }
        case .array(let list)?:
            let texts = list.compactMap(\.text)
            guard texts.count == list.count, texts.contains(where: { holds(audiences, $0) }) else {
                throw TokenFault("it is for somebody else")
            }
        default: throw TokenFault("for whom it is, is no text")
        }
    }

    /// When it is over, in seconds since 1970; nil where it doesn't say.
    func end(of claims: JSONValue) throws(TokenFault) -> Double? { try date(claims, "exp").map { $0 + leeway } }

    private func date(_ claims: JSONValue, _ name: String) throws(TokenFault) -> Double? {
        guard let value = claims[name] else { return nil }
        guard case .number(let text) = value, text.utf8.count <= 40, let date = Double(text),
            (0...Self.lastDate).contains(date)
        else { throw TokenFault("its \(name) is no date, in seconds since 1970") }
        return date
    }

    /// By their bytes: to Swift two spellings of one letter are equal.
    private func holds(_ texts: Set<String>, _ text: String) -> Bool {
        texts.contains { $0.utf8.elementsEqual(text.utf8) }
    }
}

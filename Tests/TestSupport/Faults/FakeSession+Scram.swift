// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

extension FakeSession {
    /// Asks for the password as SCRAM-SHA-256 with so many iterations, and waits for the proof.
    ///
    /// Source: RFC 5802, "SCRAM Authentication Exchange"; PostgreSQL documentation, "SASL Authentication".
    public func challenge(iterations: Int) throws {
        _ = try open()
        try send(.message("R", BackendMessage.integer(Int32(10)) + BackendMessage.string("SCRAM-SHA-256") + [0]))
        let first = String(decoding: try receive(until: "p").last?.body ?? [], as: UTF8.self)
        guard let nonce = first.split(separator: "r=").last else { throw Ended() }
        let challenge = "r=\(nonce)x,s=c2FsdHNhbHRzYWx0,i=\(iterations)"
        try send(.message("R", BackendMessage.integer(Int32(11)) + Array(challenge.utf8)))
        try receive(until: "p")
    }
}

// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

public import HTTPTypes

/// An answer: its head, and its body.
public struct RESTResponse: Sendable {
    /// Status and headers.
    public var head: HTTPResponse
    /// The body; empty for HEAD.
    public var body: RESTResponseBody

    /// An answer.
    public init(_ head: HTTPResponse, _ body: RESTResponseBody = RESTResponseBody()) {
        self.head = head
        self.body = body
    }
}

// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

public import HTTPTypes
public import Kinship

/// What somebody is about to do: what a ``RESTPolicy`` decides about.
public struct Access: Sendable {
    /// The route that was found.
    public let route: Route
    /// The model whose route it is.
    public let model: Model
    /// The keys in its path: `id` the record's, `nk` that of a record between, `fk` the related one's.
    public let parameters: [String: String]
    /// The request, for who asks: tokens and the like.
    public let request: HTTPRequest
    /// Where the request came from, as the server knows it.
    public let client: String?

    init(_ route: Route, _ model: Model, _ parameters: [String: String], _ request: HTTPRequest, _ client: String?) {
        self.route = route
        self.model = model
        self.parameters = parameters
        self.request = request
        self.client = client
    }
}

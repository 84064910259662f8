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
    /// The names of all models that the request reaches, this one among them: through relations in the path, includes, conditions, orders and the
    /// data of whole graphs, with what default scopes and scopes of relations reach in turn. What scopes that are functions, hooks and
    /// methods of the program's own do is the program's matter.
    public let models: Set<String>
    /// The keys in its path: `id` the record's, `nk` that of a record between, `fk` the related one's; and arguments of methods, of which one
    /// with such a name is `id.argument`.
    public let parameters: [String: String]
    /// The request, for who asks: tokens and the like.
    public let request: HTTPRequest
    /// Where the request came from, as the server knows it.
    public let client: String?

    init(
        _ route: Route, _ model: Model, reaching models: Set<String>, _ parameters: [String: String],
        _ request: HTTPRequest, _ client: String?
    ) {
        self.route = route
        self.models = models
        self.model = model
        self.parameters = parameters
        self.request = request
        self.client = client
    }
}

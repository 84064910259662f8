// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Kinship

/// Asks the policy: of the route, and of what filter, condition and data reach beyond it.
struct Gate: Sendable {
    private let policy: any RESTPolicy
    private let route: Route
    private let model: Model
    private let parameters: [String: String]
    private let request: HTTPRequest
    private let client: String?
    /// What the route itself reaches; nil for the ready policies, which look at no models.
    private let known: ReachedModels?

    init(
        _ policy: any RESTPolicy, _ route: Route, _ model: Model, _ parameters: [String: String],
        _ request: HTTPRequest, _ client: String?, in scoped: ScopedSchema
    ) {
        self.policy = policy
        self.route = route
        self.model = model
        self.parameters = parameters
        self.request = request
        self.client = client
        let looksAtModels = !(policy is OpenPolicy || policy is ReadOnlyPolicy || policy is ClosedPolicy)
        known = looksAtModels ? Self.reached(by: route, of: model, scoped) : nil
    }

    /// Asks of the route.
    func enter() async throws { try await ask(known?.names ?? [model.name]) }

    /// Asks of what a request reaches beyond its route.
    ///
    /// - Parameter reach: finds it.
    func pass(_ reach: (inout ReachedModels) throws -> Void) async throws {
        guard let known else { return }
        var all = known
        try reach(&all)
        guard all.models.count > known.models.count else { return }
        try await ask(all.names)
    }

    private func ask(_ models: Set<String>) async throws {
        try await policy.authorize(Access(route, model, reaching: models, parameters, request, client))
    }

    /// What the route itself reaches.
    private static func reached(by route: Route, of model: Model, _ scoped: ScopedSchema) -> ReachedModels {
        var reached = ReachedModels(scoped)
        reached.reach(model.id)
        switch route.operation {
        case .records: break
        case .scope(let name, _):
            if case .filter(let filter)? = try? scoped.scopes(of: model.id).named(name)?.content {
                reached.reach(filter, of: model)
            }
        case .relation(let name, _), .method(.some(let name), _):
            if let relation = model.relation(name) { reached.reach(relation) }
        case .method, .user: break
        case .nested(let outer, let inner, _):
            guard let relation = model.relation(outer) else { break }
            reached.reach(relation)
            for target in scoped.schema.targets(of: relation) {
                if let relation = target.relation(inner) { reached.reach(relation) }
            }
        }
        return reached
    }
}

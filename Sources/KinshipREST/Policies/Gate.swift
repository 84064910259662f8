// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Kinship

/// Asks the policy: of the route, and of what filter, condition and data reach beyond it.
struct Gate: Sendable {
    let policy: any RESTPolicy
    let route: Route
    let model: Model
    let parameters: [String: String]
    let request: HTTPRequest
    let client: String?
    /// The ready policies look at no models.
    private var looksAtModels: Bool {
        !(policy is OpenPolicy || policy is ReadOnlyPolicy || policy is ClosedPolicy)
    }

    /// Asks of the route.
    func enter(_ scoped: ScopedSchema) async throws {
        try await ask(looksAtModels ? reached(scoped).names : [model.name])
    }

    /// Asks of what a request reaches beyond its route.
    ///
    /// - Parameter reach: finds it.
    func pass(
        _ session: Database, _ reach: (inout ReachedModels) throws -> Void
    ) async throws {
        guard looksAtModels else { return }
        let known = reached(session.scopedSchema)
        var all = known
        try reach(&all)
        guard all.models.count > known.models.count else { return }
        try await ask(all.names)
    }

    private func ask(_ models: Set<String>) async throws {
        try await policy.authorize(Access(route, model, reaching: models, parameters, request, client))
    }

    /// What the route itself reaches.
    private func reached(_ scoped: ScopedSchema) -> ReachedModels {
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

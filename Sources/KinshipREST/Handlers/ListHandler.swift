// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Kinship

/// Lists of a model's records, as long as they may be: more than a batch is read page by page, each behind the last record of the one
/// ahead, so that neither memory nor a connection is held for a slow reader.
///
/// Each page shows the database as it is when the page is read. Lists whose order has no pages (`distinct`, scopes with a limit of
/// their own, …) are read at once, within the limits of rows.
struct ListHandler {
    let exchange: Exchange
    /// The named scope, where it is one's list.
    var scopes: [ScopeRequest] = []

    func answer() async throws -> Answer {
        let filter = try exchange.arguments.filter
        if let pages = pages(filter) {
            do {
                return try await exchange.answer(ListPage(try await pages.first())) { cursor in
                    try await pages.page(cursor).map { ListPage($0) }
                }
            } catch let error as PlannerError
                where [.invalidFilter, .unsupported, .prohibitedProperty].contains(error.code)
            {
                // There are orders without pages, and keys that no cursor may show; what is wrong with the filter itself comes out again.
            }
        }
        let graph = try await find(filter, exchange.session)
        var answer = try await exchange.answer(all: graph)
        if let filter, exchange.arguments.query["filter"] != nil {
            answer.link = PageLinks.header(of: graph, target: exchange.request.path ?? "", filter: filter)
        }
        return answer
    }

    private func find(_ filter: JSONValue?, _ session: Database) async throws -> Graph {
        let model = exchange.model.name
        return scopes.isEmpty
            ? try await session.find(model, filter: filter)
            : try await session.find(model, scopes: scopes, filter: filter)
    }

    /// The pages of a list, nil where it is read at once.
    private func pages(_ filter: JSONValue?) -> ListPages? {
        let members = filter?.members ?? []
        let whole = ["page", "before", "distinct", "nearest"]
        guard !members.contains(where: { whole.contains($0.key) }), let limit = limit(members),
            limit > exchange.settings.batchSize
        else { return nil }
        let replaced = ["limit", "skip", "offset", "after", "page"]
        // Who may see what is decided once for all of them.
        let session = exchange.session.decidingOnce
        return ListPages(
            find: { try await find($0, session) }, members: members.filter { !replaced.contains($0.key) },
            beginning: members.filter { ["skip", "offset", "after"].contains($0.key) },
            count: RecordCount(limit), batchSize: exchange.settings.batchSize,
            end: ContinuousClock.now + exchange.settings.limits.streamTime)
    }

    /// How many records the list may have; nil where that is for the planner to say.
    private func limit(_ members: [JSONValue.Member]) -> Int? {
        guard !hasLimits else { return nil }
        guard let json = members.last(where: { $0.key == "limit" })?.value, json != .null, json != "" else {
            return exchange.session.trees.defaultLimit ?? .max
        }
        switch json {
        case .number(let text), .string(let text): return Int(text).flatMap { $0 < 0 ? nil : $0 == 0 ? .max : $0 }
        default: return nil
        }
    }

    /// Whether scopes say which part of the list there is.
    private var hasLimits: Bool {
        let schema = exchange.session.scopedSchema
        guard let known = try? schema.scopes(of: exchange.model.id), known.defaultFunction == nil else { return true }
        var filters = known.byDefault.map { [$0] } ?? []
        for scope in scopes {
            guard case .filter(let filter)? = known.named(scope.name)?.content else { return true }
            filters.append(filter)
        }
        return filters.contains { $0.limit != nil || $0.skip != nil }
    }
}

extension Exchange {
    /// The answer of a list that is read page by page, which is known as a whole where it isn't long. One page is what it would have
    /// been without pages.
    ///
    /// - Parameter more: the page at a place, which has the time of a request; nil where no more is wanted.
    func answer<Place: Sendable>(
        _ first: ListPage<Place>, more: @escaping @Sendable (Place) async throws -> ListPage<Place>?
    ) async throws -> Answer {
        let time = settings.limits.time
        let pump = first.next.map { _ in
            Pump<Place, ListPage<Place>?> { place in
                try await Deadline.run(
                    time, RESTError(.requestTimeout, "A page of the list took longer than it may.")
                ) { try await more(place) }
            }
        }
        return try await answer(ListPieces(first, settings.held) { try await pump?.next($0) })
    }

    /// The answer of all records of a graph.
    fileprivate func answer(all graph: Graph) async throws -> Answer {
        // Nothing multiplies rows without includes: what is small is written at once.
        if graph.plan.nodes.count == 1, graph.memorySize < settings.bufferedBytes / 4 { return .json(try graph.json()) }
        return try await answer(GraphPieces(graph.jsonPieces(), try settings.held.take(graph.memorySize)))
    }
}

// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import HTTPTypes
import Kinship

/// A stream of the changes of a model's records, as server-sent events in LoopBack's form.
struct ChangeHandler {
    let exchange: Exchange

    /// Begins to listen; the answer begins when changes are told, so that who reads the list then has missed nothing.
    func answer() async throws -> Answer {
        let accepted = exchange.request.headerFields[values: .accept]
        guard accepted.isEmpty || accepted.contains(where: MediaType.acceptsEvents) else {
            throw RESTError(.notAcceptable, "The answer is a stream of events; send Accept: text/event-stream.")
        }
        let condition = try await condition()
        try await exchange.permit(changesOf: condition)
        let (session, name) = (exchange.session, exchange.model.name)
        guard try await session.sight(of: name).isOfKeys else { throw ChangeReader.keysAreHidden(exchange.model) }
        // What can't be asked for is told now, and not with the first change.
        _ = try await exchange.changed([], condition)
        guard exchange.request.method != .head else { return Answer(body: RESTResponseBody(), isOfEvents: true) }
        let place = try exchange.settings.changes.enter(exchange.client)
        let subscription = try session.subscription(toKnown: name, limit: exchange.settings.limits.changesHeld)
        // The first event says that changes are told from now on.
        guard try await subscription.mailbox.next(1) != nil else { throw CancellationError() }
        let mailbox = subscription.mailbox
        place.onEnd { mailbox.close() }
        let reader = ChangeReader(exchange, condition, subscription)
        let pump = Pump<Void, [UInt8]?> { _ in await reader.next() }
        return Answer(
            body: RESTResponseBody(Array(": changes are told from now on\n\n".utf8), ChangePieces(pump, place)),
            isOfEvents: true)
    }

    /// The condition of `options`, which come in the query or in the body.
    private func condition() async throws -> JSONValue? {
        var options = try exchange.arguments.query.object("options")
        if exchange.request.method == .post, let body = try await exchange.value() {
            guard let members = body.members else {
                throw RESTError(.invalidBody, "The body is an object such as {\"options\": {\"where\": {}}}.")
            }
            options = members.last { $0.key == "options" }?.value ?? options
        }
        guard options != .null else { return .none }
        guard let members = options.members else {
            throw PlannerError(.invalidFilter, "The options are an object such as {\"where\": {}}.", path: "options")
        }
        for member in members where member.key != "where" {
            throw PlannerError(
                .invalidFilter, "A stream of changes has no \"\(member.key)\"; of its options there is \"where\".",
                path: "options.\(member.key)")
        }
        guard let value = members.last?.value, value != .null else { return .none }
        return .some(value)
    }
}

extension Exchange {
    /// How many changes are told at a time.
    static var changesAtOnce: Int { 100 }

    /// Sees to it that who asks may ask so about the records that change.
    func permit(changesOf condition: JSONValue?) async throws {
        guard let condition else { return }
        var filter = Filter()
        filter.condition = try session.schema.where(condition, for: model.id, limits: settings.limits.filter)
        try await gate.pass { $0.reach(filter, of: model) }
        guard let rules else { return }
        let properties = AskedProperties(schema: session.schema) { rules.denied(.read, of: $0) }
        if properties.contains(in: filter, of: model) { throw rules.refused(model) }
    }

    /// The records of some keys that meet a condition, which has been looked at by itself.
    func changed(_ keys: [JSONValue], _ condition: JSONValue?) async throws -> Graph {
        let names = model.primaryKey.map { model.properties[$0].name }
        let own: JSONValue =
            names.count == 1
            ? .object([.init(names[0], ["inq": .array(keys)])])
            : ["or": .array(keys.isEmpty ? [.object(names.map { .init($0, ["inq": []]) })] : keys)]
        // What isn't the asker's doesn't count.
        var trees = session.trees
        trees.filterLimits.depth += 2
        trees.filterLimits.nodes = trees.filterLimits.nodes.saturating(
            adding: (Self.changesAtOnce + 1) * (names.count + 1))
        trees.filterLimits.listLength = max(trees.filterLimits.listLength, Self.changesAtOnce)
        return try await session.with(trees: trees).changedRecords(
            of: model.name, where: ["and": .array([own] + (condition.map { [$0] } ?? []))])
    }

    /// The same, decided anew: tokens end, and rules change, while a stream goes on.
    ///
    /// - Throws: what the policy, the authenticator and the rules throw; ``RESTError`` `INVALID_TOKEN` where the token is nobody's any more, or
    ///   somebody else's; ``PlannerError`` `TENANT_MISMATCH` where the request has become another tenant's.
    /// - Note: What is asked of a request's token and its rules at first is asked again.
    func decidedAnew(_ condition: JSONValue?, _ subscription: ChangeSubscription) async throws -> Exchange {
        var own = self
        try await gate.enter()
        own.session = database
        if let keeper = rules?.keeper {
            own.rules = try await keeper.rules(for: request, query: arguments.query, in: database)
            let (first, now) = (rules?.identity, own.rules?.identity)
            // What is nobody's in a request of its own was somebody's when the stream was begun.
            guard first?.user == now?.user, first?.application == now?.application else {
                throw RESTError(.invalidToken, "The token that the stream was begun with is over; log in once more.")
            }
        }
        try await own.reachTenant()
        guard own.session.isOfTenant(of: subscription) else {
            throw PlannerError(
                .tenantMismatch, "Who asks belongs to another tenant than when the stream was begun; ask anew.",
                model: model.name)
        }
        if let rules = own.rules {
            try await own.authorize(rules)
            own.session = own.session(keeping: rules)
        }
        try await own.permit(changesOf: condition)
        own.session = own.session.decidingOnce
        return own
    }
}

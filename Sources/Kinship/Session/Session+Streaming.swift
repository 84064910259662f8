// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Libpq
public import RelationPlanner

extension Session {
    /// The records a filter asks for, in batches that are fetched as they are pulled: for results larger than memory.
    ///
    /// ```swift
    /// for try await graph in try database.stream("Order", filter: ["include": "items"], batchSize: 500) {
    ///     print(graph.count, graph.statistics.statements)
    /// }
    /// for try await record in try database.stream("Order").records {
    ///     print(String(decoding: record, as: UTF8.self))
    /// }
    /// ```
    ///
    /// See ``GraphStream`` for how long it holds a connection. The filter's order, `limit` and `skip` hold for the whole
    /// stream; so does `distinct`. In a transaction it takes no other connection, and can be pulled until that ends.
    ///
    /// - Parameters:
    ///   - model: the model's name.
    ///   - scopes: named scopes of the model, merged as ``find(_:scopes:filter:)`` does.
    ///   - filter: a LoopBack filter; nil for all records in the order of their primary key.
    ///   - batchSize: how many records to fetch at a time, from 1 to 1,000,000.
    ///   - fileID: leave it out; the log names it when a stream holds its connection for long.
    ///   - line: likewise.
    /// - Throws: ``PlannerError`` as ``find(_:filter:)-(String,JSONValue?)``, before anything is sent; `INVALID_FILTER`
    ///   for `page`, whose total a stream has no place for, and for a batch size out of range.
    /// - Note: Nothing is sent until the first batch is pulled. Each batch is one statement (the first one three, in the
    ///   same round trip), and one per included relation that has keys to ask for; one round trip per level.
    public func stream(
        _ model: String, scopes: [ScopeRequest] = [], filter: JSONValue? = nil, batchSize: Int = 1000,
        fileID: StaticString = #fileID, line: UInt = #line
    ) throws -> GraphStream {
        guard (1...1_000_000).contains(batchSize) else {
            throw PlannerError(
                .invalidFilter, "A batch of \(batchSize) records can't be fetched; ask for 1 to 1,000,000 at a time.",
                path: "batchSize", model: model)
        }
        let context = context
        @Sendable func stream(_ planning: Planning) throws -> GraphStream {
            let target = try planning.model(model)
            let resolved = try planning.resolve(target, scopes: scopes, filter: filter, unscoped: context.isUnscoped) {
                (filter, _) throws(PlannerError) in
                guard !filter.page, !filter.pageCursors else {
                    throw PlannerError(
                        .invalidFilter,
                        "A stream has no total and no cursors beside its rows; leave \"page\" out and ask for the count on its own.",
                        path: "page", model: model)
                }
            }
            let (plan, values) = try planning.prepare(resolved, for: target, isInParts: true)
            // What has been pulled can't be begun again when it turns out what its records lead to.
            if plan.hasDeferred { try planning.scoped.access?.require(plan.plan, in: planning.schema) }
            return GraphStream(
                context.source, planning, plan, values, context.trees, batchSize: batchSize,
                observer: context.observer(planning), fileID: fileID, line: line)
        }
        var first = try stream(context.openPlanning)
        guard let hooks = context.hooks else { return first }
        if hooks.looks(at: first.plan.plan, in: context.state.planning.schema) {
            first.show = { try await hooks.shown($0, in: context) }
        }
        if !context.isDeciding, !hooks.accessed.isEmpty {
            // Which records may be reached is decided when it is pulled, once, and as it was to be when it was made.
            let show = first.show
            let begun = Later {
                var own = try await context.answering { try stream($0) }
                own.show = show
                return own
            }
            first.begin = { try await begun.value }
        }
        return first
    }
}

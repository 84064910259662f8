// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Kinship

/// What a to-many relation of one record leads to, as long as it may be: more than a batch is read page by page, as lists of a model's
/// records are.
///
/// Lists in a record's own row, those in an order of links, of related rows or of distances, relations whose scope is a function of
/// the record, and targets without a key are read at once, within the limits of rows.
struct RelatedListHandler {
    let exchange: Exchange
    /// The model of the record.
    let source: Model
    /// The record's key.
    let id: JSONValue
    let relation: Relation

    func answer() async throws -> Answer {
        let filter = try exchange.arguments.filter
        // Who may see what is decided once for all of it.
        let session = exchange.session.decidingOnce
        let pages = pages(filter, session)
        do {
            if !isShort(filter), !isOrderedAnew, let first = try await pages.first() {
                return try await exchange.answer(first) { try await pages.page($0) }
            }
        } catch let error as PlannerError
            where [.invalidFilter, .unsupported, .prohibitedProperty].contains(error.code)
        {
            // What is wrong with the filter itself comes out again.
        }
        let found = try await session.related(source.name, id: id, relation: relation.name, filter: filter)
        let share = try exchange.settings.held.take(found.graph.memorySize)
        return try await exchange.answer(GraphPieces(found.jsonPieces(), share))
    }

    /// Whether the filter itself says that there is no second page, so that nothing has to be resolved to know it.
    private func isShort(_ filter: JSONValue?) -> Bool {
        switch filter?.members?.last(where: { $0.key == "limit" })?.value {
        case .number(let text)?, .string(let text)?:
            guard let limit = Int(text) else { return false }
            return limit > 0 && limit <= exchange.settings.batchSize
        default: return false
        }
    }

    /// Whether a function says of the targets in which order they are, each time that it is asked.
    private var isOrderedAnew: Bool {
        guard let target = relation.target, let scopes = try? exchange.session.scopedSchema.scopes(of: target) else {
            return false
        }
        return scopes.defaultFunction != nil
    }

    private func pages(_ filter: JSONValue?, _ session: Database) -> RelatedPages {
        let (model, id, name) = (source.name, id, relation.name)
        return RelatedPages(
            find: { place, size in
                try await session.relatedPage(model, id: id, relation: name, filter: filter, from: place, size: size)
            }, sizes: RecordCount(.max), batchSize: exchange.settings.batchSize,
            end: ContinuousClock.now + exchange.settings.limits.streamTime)
    }
}

// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import RelationPlanner

extension Session {
    /// A page of what a relation of one record leads to: what ``related(_:id:relation:scopes:filter:)`` gives, part by part, with
    /// nothing held between two parts.
    ///
    /// ```swift
    /// var page = try await database.relatedPage("Customer", id: 3, relation: "orders", filter: nil, size: 1_000)
    /// while let place = page?.next {
    ///     page = try await database.relatedPage(
    ///         "Customer", id: 3, relation: "orders", filter: nil, from: place, size: 1_000)
    /// }
    /// ```
    ///
    /// - Parameters:
    ///   - filter: that of the whole list, the same for all pages.
    ///   - place: where the page begins; nil for the first one.
    ///   - size: how many records it may have. Where one record is linked more often than that it has as many as there are links.
    /// - Returns: nil where the list has no pages, or no more than one may have: then it is to be read at once. Nothing has been sent.
    /// - Throws: as ``related(_:id:relation:scopes:filter:)``; `UNSUPPORTED` where it turns out that there are no places.
    /// - Note: The statements of ``related(_:id:relation:scopes:filter:)`` for each page.
    package func relatedPage(
        _ model: String, id: JSONValue, relation: String, filter: JSONValue?, from place: RelatedPage.Place? = nil,
        size: Int
    ) async throws -> RelatedPage? {
        try await context.answering { planning in
            let source = try planning.model(model)
            var include = try planning.scoped.resolved(
                accessor: try accessor(relation, of: source, scopes: [], filter: filter, planning), of: source.id,
                unscoped: context.isUnscoped)
            include.scope = planning.limited(include.scope)
            guard let walk = RelatedWalk(include, of: source, in: planning.schema) else {
                guard place == nil else {
                    throw PlannerError(
                        .unsupported, "The list \(relation) of \(model) has another order than where it began.",
                        model: model, relation: relation)
                }
                return nil
            }
            let rest = place?.rest ?? walk.limit
            guard place != nil || rest > size else { return nil }
            if let place { (include.scope.cursor, include.scope.skip) = (place.cursor, nil) }
            include.scope.readsOrder = !walk.showsOrder
            var asked = max(1, min(size, rest))
            while true {
                include.scope.limit = .rows(asked)
                let found = try await related(resolved: include, of: source, id: id, planning, as: .related)
                if let page = try walk.page(found, asked: asked, rest: rest, in: planning.schema) { return page }
                // All of these are links to one record, and a page ends behind a record.
                asked = asked > rest / 2 ? rest : 2 * asked
            }
        }
    }
}

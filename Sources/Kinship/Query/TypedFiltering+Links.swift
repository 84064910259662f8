// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import RelationPlanner

extension TypedFiltering {
    /// Loads a many-to-many relation by links that meet conditions, ordered by them.
    ///
    /// ```swift
    /// database.query(Author.self).include(\.books, link: { $0.where { $0.role == "editor" }.order { $0.position.ascending } }) {
    ///     $0.where { $0.year > 2000 }
    /// }
    /// ```
    ///
    /// - Parameters:
    ///   - relation: the relation.
    ///   - link: which links, and in which order, behind that of the records.
    ///   - scope: what is asked of the records, per parent.
    public func include<Target: TypedModel, Link: TypedModel>(
        _ relation: KeyPath<Record, Linked<Target, Link>>, link: (TypedFilter<Link>) -> TypedFilter<Link>,
        _ scope: (TypedFilter<Target>) -> TypedFilter<Target> = { $0 }
    ) -> Self {
        including(relation, scope, by: link, showing: Linked<Target, Link>.shownLink)
    }

    /// The same without the links in the records.
    ///
    /// ```swift
    /// database.query(Author.self).include(\.plainBooks, through: Authorship.self, link: { $0.where { $0.role == "editor" } })
    /// ```
    ///
    /// - Parameters:
    ///   - relation: the relation.
    ///   - type: the model of its links.
    ///   - link: which links, and in which order, behind that of the records.
    ///   - scope: what is asked of the records, per parent.
    public func include<Target: TypedModel, Link: TypedModel>(
        _ relation: KeyPath<Record, Many<Target>>, through type: Link.Type,
        link: (TypedFilter<Link>) -> TypedFilter<Link>,
        _ scope: (TypedFilter<Target>) -> TypedFilter<Target> = { $0 }
    ) -> Self {
        including(relation, scope, by: link, showing: [])
    }

    private func including<Relation: RelationProperty, Link: TypedModel>(
        _ relation: KeyPath<Record, Relation>,
        _ scope: (TypedFilter<Relation.Target>) -> TypedFilter<Relation.Target>,
        by link: (TypedFilter<Link>) -> TypedFilter<Link>, showing shown: [JSONValue.Member]
    ) -> Self {
        let link = link(TypedFilter())
        var through = shown
        do throws(PlannerError) {
            try link.parts.refuseAllButOrder(ofLinks: Link.self)
            if let condition = try link.parts.condition { through.append(.init("where", condition)) }
            let order = link.parts.order.map { JSONValue.string($0) }
            if !order.isEmpty { through.append(.init("order", .array(order))) }
        } catch {
            // The mistake is told where the filter is used.
            var copy = self
            copy.parts.conditions.append(FilterExpression(failing: error))
            return copy
        }
        return including(relation, scope, through: .object(through)) { _ in }
    }
}

extension FilterParts {
    /// Refuses what can't be said of links: they have conditions and an order.
    fileprivate func refuseAllButOrder<Link: TypedModel>(ofLinks _: Link.Type) throws(PlannerError) {
        var conditions = self
        conditions.order = []
        do throws(PlannerError) {
            _ = try conditions.condition(toChange: Link.self, true, orAll: nil)
        } catch {
            throw PlannerError(
                .invalidFilter,
                "Links of \(Link.definition.name) have conditions and an order alone; say all else of the records.",
                path: error.path, model: Link.definition.name)
        }
    }
}

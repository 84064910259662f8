// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Kinship

/// Looks whether a filter asks about properties that may not be seen: by a condition, an order or a cursor, at any depth. What is asked about
/// tells what is there.
struct AskedProperties {
    let schema: Schema
    /// The properties of a model that may not be seen.
    let unseen: (Model) -> Set<Property.ID>

    func contains(in filter: Filter, of model: Model) -> Bool {
        contains(in: filter.condition, of: model) || contains(in: filter.order, of: model)
            || contains(in: (filter.cursor?.keys ?? []).map(\.term), of: model)
            || filter.include.contains { contains(in: $0, of: model) }
    }

    private func contains(in include: Include, of model: Model) -> Bool {
        let relation = model.relations[include.relation]
        if let link = include.link, let through = relation.through.map({ schema[$0.model] }),
            contains(in: link.condition, of: through) || contains(in: link.order, of: through)
        {
            return true
        }
        if let target = relation.target.map({ schema[$0] }) {
            let unseen = unseen(target)
            // The least of all there are is one of them.
            if (include.summary?.aggregates ?? []).contains(where: { unseen.contains($0.property) }) {
                return true
            }
            if contains(in: include.scope, of: target) { return true }
        }
        return include.typeScopes.contains { contains(in: $0.scope, of: schema[$0.model]) }
    }

    private func contains(in condition: Condition, of model: Model) -> Bool {
        let unseen = unseen(model)
        return condition.parts.contains { part in
            if case .related(let related) = part, let target = model.relations[related.relation].target {
                let hidden = self.unseen(schema[target])
                // What they come to tells what they are.
                let isReckoned = related.numbers?.terms.contains {
                    $0.function != .count && hidden.contains($0.property)
                }
                return isReckoned == true || contains(in: related.condition, of: schema[target])
            }
            return !unseen.isEmpty && part.operands.contains { unseen.contains($0.property) }
        }
    }

    private func contains(in order: [OrderTerm], of model: Model) -> Bool {
        order.contains { term in
            var owner = model
            for step in term.related?.path ?? [] {
                guard let target = owner.relations[step.relation].target else { return false }
                owner = schema[target]
            }
            return unseen(owner).contains(term.operand.property)
        }
    }
}

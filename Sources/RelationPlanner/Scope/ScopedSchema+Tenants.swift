// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

// The last look before a plan is made: whatever has made a filter, and however little it has asked of scopes, it is about the tenant's
// records alone.
extension ScopedSchema {
    /// The same filter where every model of tenants that it comes to is the tenant's; what says so already stays as it is.
    ///
    /// - Throws: ``PlannerError`` `TENANT_REQUIRED` where nobody has said whose records are meant.
    package func within(_ filter: Filter, _ model: Model) throws(PlannerError) -> Filter {
        guard let tenancy, tenancy.value != .all else { return filter }
        var filter = try withinIncludes(filter, model)
        filter.condition = try within(filter.condition, model)
        for index in filter.order.indices { filter.order[index] = try within(filter.order[index], model) }
        if var cursor = filter.cursor {
            for index in cursor.keys.indices { cursor.keys[index].term = try within(cursor.keys[index].term, model) }
            cursor.reach = try within(cursor.reach, model)
            filter.cursor = cursor
        }
        return filter
    }

    /// The same of what is shown beside rows that are there.
    package func withinIncludes(_ filter: Filter, _ model: Model) throws(PlannerError) -> Filter {
        guard let tenancy, tenancy.value != .all else { return filter }
        var filter = filter
        // Those that are a function of their record are resolved when it has come.
        for index in filter.include.indices where filter.include[index].deferral == nil {
            let relation = model.relations[filter.include[index].relation]
            try stayWithin(&filter.include[index], by: relation)
        }
        return filter
    }

    private func stayWithin(_ include: inout Include, by relation: Relation) throws(PlannerError) {
        if let through = relation.through {
            let links = schema[through.model]
            var link = include.link ?? Include.Link()
            link.condition = try within(link.condition, links)
            for index in link.order.indices { link.order[index] = try within(link.order[index], links) }
            if include.link != nil || link.condition != .always { include.link = link }
        }
        if let target = relation.target {
            include.scope = try within(include.scope, schema[target])
            if include.probe != .always { include.probe = try within(include.probe, schema[target]) }
            return
        }
        for target in relation.polymorphic?.targets ?? [] {
            let scope = try within(include.scope(for: target), schema[target])
            if let position = include.typeScopes.firstIndex(where: { $0.model == target }) {
                include.typeScopes[position].scope = scope
            } else if scope != Filter() {
                include.typeScopes.append(Include.TypeScope(target, scope))
            }
        }
    }

    /// The same condition, which only records of the tenant meet.
    package func within(_ condition: Condition, _ model: Model) throws(PlannerError) -> Condition {
        guard let tenancy, tenancy.value != .all else { return condition }
        let condition = try asking(in: condition, model)
        let own = try tenantCondition(of: model)
        return own == .always || condition.conjuncts.contains(own) ? condition : condition.and(own)
    }

    private func asking(in condition: Condition, _ model: Model) throws(PlannerError) -> Condition {
        var condition = condition
        try condition.updateChildren { (child) throws(PlannerError) in child = try asking(in: child, model) }
        try condition.updateRelated { (asked) throws(PlannerError) in
            let relation = model.relations[asked.relation]
            guard let target = relation.target else { return }
            asked.condition = try asking(in: asked.condition, schema[target])
            // What is kept in the record's own row is the record's.
            asked.scope = relation.embedded == nil ? try within(asked.scope, schema[target]) : asked.scope
            if let through = relation.through { asked.linkScope = try within(asked.linkScope, schema[through.model]) }
            for index in asked.order.indices { asked.order[index] = try within(asked.order[index], schema[target]) }
        }
        return condition
    }

    private func within(_ term: OrderTerm, _ model: Model) throws(PlannerError) -> OrderTerm {
        guard var way = term.related else { return term }
        var owner = model
        for index in way.path.indices {
            let relation = owner.relations[way.path[index].relation]
            guard let target = relation.target else { break }
            if relation.embedded == nil { way.path[index].scope = try within(way.path[index].scope, schema[target]) }
            if let through = relation.through {
                way.path[index].linkScope = try within(way.path[index].linkScope, schema[through.model])
            }
            for place in way.path[index].order.indices {
                way.path[index].order[place] = try within(way.path[index].order[place], schema[target])
            }
            owner = schema[target]
        }
        var term = term
        term.related = way
        return term
    }
}

// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import RelationPlanner

/// Merges the scopes of relations and models into a filter, and counts what answering it may cost.
struct TreeResolver {
    let world: TreeWorld
    /// Which part of the tree is resolved: 0, or that of parents with equal scopes.
    private let part: Int
    private(set) var lastID: Int
    /// How many statements there may be.
    private(set) var mostStatements = 0
    /// How often the server may be asked for the order of texts in embedded records: once for each include.
    private(set) var mostRankings = 0
    /// How many levels the tree has below its root.
    private(set) var depth = 0
    /// Whether one round trip has to be enough in one.
    private(set) var fitsOneTrip = true

    init(_ world: TreeWorld, part: Int = 0, after lastID: Int = 0) {
        self.world = world
        self.part = part
        self.lastID = lastID
    }

    mutating func resolve(_ ask: TreeAsk, _ model: Int) throws(TreeRefusal) -> TreeAsk {
        mostStatements += 1
        if ask.isPaged { mostStatements += 1 }
        return try resolve(ask, model, level: 0, isNested: false)
    }

    /// An include whose scope was a function, for parents for which that gave the same.
    mutating func resolve(_ include: TreeAsk.Included, scope: JSONValue) throws(TreeRefusal) -> TreeAsk.Included {
        var include = include
        include.relation.function = nil
        include.relation.scope = scope
        return try resolve(
            include, from: world.models[include.relation.source], level: include.relation.isEmbedded ? 0 : 1)
    }

    private mutating func resolve(_ ask: TreeAsk, _ position: Int, level: Int, isNested: Bool = true)
        throws(TreeRefusal) -> TreeAsk
    {
        let model = world.models[position]
        var ask = ask
        if let scope = model.scope { ask = ask.merged(scope: try TreeReader(world: world).ask(scope, position)) }
        if isNested { ask.fields = (ask.fields ?? model.visible).filter { model.included.contains($0) } }
        lastID += 1
        ask.id = lastID
        depth = max(depth, level)
        for index in ask.includes.indices {
            // Embedded records come along.
            let next = ask.includes[index].relation.isEmbedded ? level : level + 1
            ask.includes[index] = try resolve(ask.includes[index], from: model, level: next)
        }
        // A cursor says a value for each term of the order, and for nothing else.
        if let cursor = ask.cursor {
            let wanted = Set(ask.order.map(\.name)).union(model.names(model.primaryKey))
            guard Set(cursor.values.keys) == wanted else { throw TreeRefusal(code: "INVALID_FILTER") }
        }
        return ask
    }

    private mutating func resolve(
        _ include: TreeAsk.Included, from model: TreeModel, level: Int
    ) throws(TreeRefusal) -> TreeAsk.Included {
        var include = include
        let relation = include.relation
        guard relation.function == nil else {
            lastID += 1
            (include.id, include.part) = (lastID, part)
            fitsOneTrip = false
            return include
        }
        if relation.isEmbedded { mostRankings += 1 }
        if !relation.isEmbedded {
            mostStatements += 1 + (relation.link == nil ? 0 : 1)
            if include.summary?.rows == true { mostStatements += 1 }
        } else if let summary = include.summary, !summary.terms.isEmpty {
            throw TreeRefusal(code: "UNSUPPORTED")
        }
        // Keys inside of embedded records are read here.
        if model.isEmbedded { fitsOneTrip = false }
        if !relation.sourceKey.allSatisfy({ model.columns[$0].type.canBeHandedOver }) { fitsOneTrip = false }
        // The keys are taken out of lists here.
        if relation.kind == .referencesMany { fitsOneTrip = false }
        if let link = relation.link {
            var asked = include.link ?? TreeAsk.Link()
            let scopes = [relation.linkScope, world.models[link.model].scope]
            asked.conditions += scopes.compactMap { $0?["where"] }
            include.link = asked
        }
        let reader = TreeReader(world: world)
        guard let target = relation.target else {
            fitsOneTrip = false
            let scopes = try reader.types(of: relation.scope ?? .null, .null)
            for (type, scope) in scopes {
                let asked = (include.types[type] ?? TreeAsk()).merged(scope: scope)
                var resolved = try resolve(asked, type, level: level)
                (resolved.limit, resolved.skip) = (nil, nil)
                include.types[type] = resolved
            }
            mostStatements += scopes.count
            return include
        }
        var ask = include.ask
        if let scope = relation.scope { ask = ask.merged(scope: try reader.ask(scope, target)) }
        let most = mostStatements
        ask = try resolve(ask, target, level: level)
        // Nothing is loaded below records of which there are only numbers.
        if let summary = include.summary, !summary.rows { mostStatements = most }
        if !relation.isToMany { (ask.limit, ask.skip) = (nil, nil) }
        // A target has no place in an order of links.
        if ask.cursor != nil, include.link?.order.isEmpty == false { throw TreeRefusal(code: "INVALID_FILTER") }
        include.ask = ask
        return include
    }
}

// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

extension FilterChecker {
    /// What an include says besides the scope's filter, by relation.
    private static let includeKeys: Set<String> = [
        "relation", "rel", "scope", "scopes", "count", "aggregate", "rows", "through",
    ]

    /// All includes of one place, each relation once (D9).
    mutating func includes(_ json: JSONValue, _ model: Model) throws(PlannerError) -> [Include] {
        var includes: [Include] = []
        try collect(json, model, into: &includes)
        return includes
    }

    private mutating func collect(
        _ json: JSONValue, _ model: Model, into includes: inout [Include]
    ) throws(PlannerError) {
        switch json {
        case .null, .string(""): break
        case .string(let name): try add(name, .null, [], model, into: &includes)
        case .array(let elements):
            for (index, element) in elements.enumerated() {
                path(push: index)
                defer { pathPop() }
                if case .array = element {
                    throw error(.invalidInclude, "A list of includes holds names and objects, not lists.", model: model)
                }
                try collect(element, model, into: &includes)
            }
        case .object(let members):
            if let elements = json.listElements {
                try collect(.array(elements), model, into: &includes)
            } else if let name = members["relation"] ?? members["rel"] {
                guard case .string(let name) = name else {
                    throw error(
                        .invalidInclude, "\"relation\" is a relation's name, not \(name.kindName).", model: model)
                }
                for member in members where !Self.includeKeys.contains(member.key) {
                    throw error(
                        .invalidInclude,
                        "An include has no \"\(member.key)\". Keys: relation, scope, scopes, count, aggregate, rows, through.",
                        model: model, relation: name)
                }
                try add(name, members["scope"] ?? .null, members, model, into: &includes)
            } else {
                for member in members {
                    path(push: member.key)
                    defer { pathPop() }
                    try addNested(member, model, into: &includes)
                }
            }
        case .bool, .number:
            throw error(
                .invalidInclude, "An include is a relation's name, a list or an object, not \(json.kindName).",
                model: model)
        }
    }

    /// `{"orders": "items"}`, `{"orders": true}`, `{"orders": {"relation": "items", "scope": …}}`.
    private mutating func addNested(
        _ member: JSONValue.Member, _ model: Model, into includes: inout [Include]
    ) throws(PlannerError) {
        switch member.value {
        case .bool(false): return
        case .bool(true), .string("true"): try add(member.key, .null, [], model, into: &includes)
        case .number:
            throw error(
                .invalidInclude,
                "A relation is included with true, or with what is included below it, not \(member.value.kindName).",
                model: model, relation: member.key)
        default:
            try add(member.key, .object([.init("include", member.value)]), [], model, into: &includes, isWritten: false)
        }
    }

    /// Adds one relation; a second entry for it is merged into the first.
    private mutating func add(
        _ name: String, _ scope: JSONValue, _ members: [JSONValue.Member], _ model: Model,
        into includes: inout [Include], isWritten: Bool = true
    ) throws(PlannerError) {
        try countNode()
        guard let relation = model.relation(name) else {
            let hint = model.suggestion(forRelation: name, isNested: isNested)
            let failure = error(
                .unknownRelation, "\(model.name) has no relation \"\(name)\".\(hint)", model: model, relation: name)
            if misfits == nil { throw failure }
            misfits?.append(failure)
            return
        }
        if !isTrusted, relation.isHidden || (relation.isProtected && isNested) {
            throw error(
                .includeDisabled, "\(model.name).\(name) is not to be shown here, so it can't be included.",
                model: model, relation: name)
        }
        if relation.includeDisabled {
            throw error(
                .includeDisabled, "\(model.name).\(name) is not to be included (disableInclude).", model: model,
                relation: name)
        }
        try requireTables(of: relation, model)
        var include = Include(relation.id)
        if let target = relation.target {
            let targetModel = schema.models[target]
            if scope != .null {
                include.scope = try scoped(scope, relation, targetModel, isWritten: isWritten)
            }
            if members["scopes"].map({ $0 != .null }) == true {
                throw error(
                    .invalidInclude,
                    "\"scopes\" is for relations to several types; \(name) leads to \(targetModel.name).",
                    model: model, relation: name)
            }
            include.summary = try summary(members, relation, targetModel)
        } else {
            include.typeScopes = try typeScopes(
                scope, members["scopes"] ?? .null, relation, model, isWritten: isWritten)
            if members.contains(where: { ["count", "aggregate", "rows"].contains($0.key) }) {
                throw error(
                    .invalidInclude, "\(name) leads to one row: there is nothing to count.", model: model,
                    relation: name)
            }
        }
        if let through = members["through"], through != .null {
            include.link = try at("through") { (checker) throws(PlannerError) in
                try checker.link(through, relation, model)
            }
        }
        if let known = includes.firstIndex(where: { $0.relation == relation.id }) {
            includes[known] = includes[known].merged(withLater: include)
        } else {
            includes.append(include)
        }
    }

    /// A scope's filter; `isWritten` tells whether the caller wrote the word "scope", for the path.
    private mutating func scoped(
        _ json: JSONValue, _ relation: Relation, _ target: Model, isWritten: Bool
    ) throws(PlannerError) -> Filter {
        let position: Position = relation.isToMany ? .toMany : .toOne
        // Below a type's own relation there is one model again, which every name has to fit.
        let before = (misfits, way)
        (misfits, way) = (nil, Way(relation, .include))
        defer { (misfits, way) = before }
        return try nested { (checker) throws(PlannerError) in
            try checker.inside { (checker) throws(PlannerError) in
                if isWritten {
                    return try checker.at("scope") { (checker) throws(PlannerError) in
                        try checker.filter(json, target, position)
                    }
                }
                var filter = Filter()
                filter.include = try checker.includes(json["include"] ?? .null, target)
                return filter
            }
        }
    }

    // MARK: Counts and aggregates

    private mutating func summary(
        _ members: [JSONValue.Member], _ relation: Relation, _ target: Model
    ) throws(PlannerError) -> Include.Summary? {
        var summary = Include.Summary()
        var isAsked = false
        for member in members {
            path(push: member.key)
            defer { pathPop() }
            switch member.key {
            case "count":
                summary.count = try flag(member.value)
                isAsked = isAsked || summary.count
            case "rows": summary.rows = try flag(member.value)
            case "aggregate":
                if member.value == .null { continue }
                guard case .object(let functions) = member.value else {
                    throw error(
                        .invalidInclude,
                        "\"aggregate\" is an object such as {\"sum\": \"total\"}, not \(member.value.kindName).",
                        relation: relation.name)
                }
                summary.aggregates = try aggregates(functions, target)
                isAsked = isAsked || !summary.aggregates.isEmpty
            default: continue
            }
        }
        guard isAsked else { return nil }
        if !relation.isToMany {
            throw error(
                .invalidInclude, "\(relation.name) leads to at most one row: there is nothing to count.",
                relation: relation.name)
        }
        return summary
    }

    private mutating func aggregates(
        _ functions: [JSONValue.Member], _ target: Model
    ) throws(PlannerError) -> [Include.Summary.Term] {
        var terms: [Include.Summary.Term] = []
        for member in functions {
            path(push: member.key)
            defer { pathPop() }
            guard let function = Aggregate(rawValue: member.key), function != .count else {
                throw error(
                    .invalidInclude, "There is no aggregate \"\(member.key)\": sum, avg, min and max.",
                    operator: member.key)
            }
            let names: [JSONValue] = member.value.listElements ?? [member.value]
            for json in names {
                try countNode()
                guard case .string(let name) = json else {
                    throw error(.invalidInclude, "An aggregate is of a property's name, not \(json.kindName).")
                }
                let term = Include.Summary.Term(function, try aggregated(name, function, target))
                if !terms.contains(term) { terms.append(term) }
            }
        }
        return terms
    }

    private func flag(_ json: JSONValue) throws(PlannerError) -> Bool {
        switch json {
        case .bool(let flag): return flag
        case .string("true"), .string("1"): return true
        case .string("false"), .string("0"), .null: return false
        default: throw error(.invalidInclude, "true or false is expected here, not \(json.kindName).")
        }
    }

    // MARK: Links

    private mutating func link(
        _ json: JSONValue, _ relation: Relation, _ model: Model
    ) throws(PlannerError) -> Include.Link {
        guard let through = relation.through else {
            throw error(
                .invalidInclude, "\(model.name).\(relation.name) has no link model, so \"through\" has no meaning.",
                model: model, relation: relation.name)
        }
        guard case .object(let members) = json else {
            throw error(
                .invalidInclude, "\"through\" is an object {fields, as, where, order}, not \(json.kindName).",
                relation: relation.name)
        }
        let linkModel = schema.models[through.model]
        let target = relation.target.map { schema.models[$0] }
        var link = Include.Link()
        for member in members {
            path(push: member.key)
            defer { pathPop() }
            let before = isNested
            isNested = true
            defer { isNested = before }
            switch member.key {
            case "fields":
                let all = linkModel.properties.filter { !$0.isHidden && !$0.isProtected }.map(\.id)
                link.fields = try fields(member.value, linkModel) ?? all
                link.name = link.name ?? Inflection.camelCase(linkModel.name)
            case "as":
                guard case .string(let name) = member.value, !name.isEmpty, !name.utf8.contains(0) else {
                    throw error(.invalidInclude, "\"as\" is the name of a member, not \(member.value.kindName).")
                }
                if target?.propertyIDs[name] != nil || target?.relationIDs[name] != nil {
                    throw error(.invalidInclude, "\(target?.name ?? "") has \"\(name)\" already. Choose another name.")
                }
                link.name = name
            case "where": link.condition = try condition(member.value, linkModel)
            case "order": link.order = try order(member.value, linkModel)
            default:
                throw error(.invalidInclude, "\"through\" has no \"\(member.key)\". Keys: fields, as, where, order.")
            }
        }
        if members["fields"] == nil, link.name != nil {
            link.fields = linkModel.properties.filter { !$0.isHidden && !$0.isProtected }.map(\.id)
        }
        return link
    }
}

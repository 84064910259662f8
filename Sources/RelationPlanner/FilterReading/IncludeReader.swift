// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

/// Reads includes in all their forms.
struct IncludeReader: ContextReader {
    let context: ReadingContext

    /// What an include says besides the scope's filter, by relation.
    static let includeKeys: Set<String> = [
        "relation", "rel", "scope", "scopes", "count", "aggregate", "rows", "through",
    ]

    /// All includes of one place, each relation once (D9).
    func includes(_ json: JSONValue, _ model: Model) throws(PlannerError) -> [Include] {
        var includes: [Include] = []
        try collect(json, model, into: &includes)
        return includes
    }

    private func collect(
        _ json: JSONValue, _ model: Model, into includes: inout [Include]
    ) throws(PlannerError) {
        switch json {
        case .null, .string(""): break
        case .string(let name): try add(name, .null, [], model, into: &includes)
        case .array(let elements):
            for (index, element) in elements.enumerated() {
                try at(index) { () throws(PlannerError) in
                    if case .array = element {
                        throw error(
                            .invalidInclude, "A list of includes holds names and objects, not lists.", model: model)
                    }
                    try collect(element, model, into: &includes)
                }
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
                    try at(member.key) { () throws(PlannerError) in
                        try addNested(member, model, into: &includes)
                    }
                }
            }
        case .bool, .number:
            throw error(
                .invalidInclude, "An include is a relation's name, a list or an object, not \(json.kindName).",
                model: model)
        }
    }

    /// `{"orders": "items"}`, `{"orders": true}`, `{"orders": {"relation": "items", "scope": …}}`.
    private func addNested(
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
    private func add(
        _ name: String, _ scope: JSONValue, _ members: [JSONValue.Member], _ model: Model,
        into includes: inout [Include], isWritten: Bool = true
    ) throws(PlannerError) {
        try countNode()
        guard let relation = model.relation(name) else {
            let hint = model.suggestion(forRelation: name, isNested: isNested)
            let failure = error(
                .unknownRelation, "\(model.name) has no relation \"\(name)\".\(hint)", model: model, relation: name)
            if context.misfits == nil { throw failure }
            context.misfits?.append(failure)
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
        try accessRules.requireTables(of: relation, model)
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
            include.summary = try summaryReader.summary(members, relation, targetModel)
        } else {
            include.typeScopes = try typeScopeReader.typeScopes(
                scope, members["scopes"] ?? .null, relation, model, isWritten: isWritten)
            if members.contains(where: { ["count", "aggregate", "rows"].contains($0.key) }) {
                throw error(
                    .invalidInclude, "\(name) leads to one row: there is nothing to count.", model: model,
                    relation: name)
            }
        }
        if let through = members["through"], through != .null {
            include.link = try at("through") { () throws(PlannerError) in
                try linkReader.link(through, relation, model)
            }
        }
        if let known = includes.firstIndex(where: { $0.relation == relation.id }) {
            includes[known] = includes[known].merged(withLater: include)
        } else {
            includes.append(include)
        }
    }

    /// A scope's filter; `isWritten` tells whether the caller wrote the word "scope", for the path.
    private func scoped(
        _ json: JSONValue, _ relation: Relation, _ target: Model, isWritten: Bool
    ) throws(PlannerError) -> Filter {
        let position: FilterPosition = relation.isToMany ? .toMany : .toOne
        // Below a type's own relation there is one model again, which every name has to fit.
        let before = (context.misfits, context.way)
        (context.misfits, context.way) = (nil, RelationWay(relation, .include))
        defer { (context.misfits, context.way) = before }
        return try nested { () throws(PlannerError) in
            try inside { () throws(PlannerError) in
                if isWritten {
                    return try at("scope") { () throws(PlannerError) in
                        try filterReader.filter(json, target, position)
                    }
                }
                var filter = Filter()
                filter.include = try includes(json["include"] ?? .null, target)
                return filter
            }
        }
    }
}

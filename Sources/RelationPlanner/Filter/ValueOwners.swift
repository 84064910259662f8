// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

/// What the values that were taken out of a filter are compared with, for messages about one that the server can't read.
package struct ValueOwners {
    /// One value's place in the filter.
    package struct Owner {
        package let model: String
        package let property: String
        package let `operator`: String
        /// The type it is read as.
        package let type: ColumnType
        /// The expression over `$1` that reads it, where that isn't the type's own reading.
        package var reading: String?
    }

    private let schema: Schema
    /// By the value's slot.
    private var found: [Int: Owner] = [:]

    private init(_ schema: Schema) { self.schema = schema }

    /// The owners of the values of a filter's shape.
    package static func owners(in shape: Filter, of model: Model.ID, _ schema: Schema) -> [Int: Owner] {
        var owners = ValueOwners(schema)
        owners.add(shape, schema[model])
        return owners.found
    }

    private mutating func add(
        _ value: BoundValue, _ operand: Condition.Operand, _ model: Model, _ name: String, reading: String? = nil
    ) {
        guard case .slot(let slot) = value.contents else { return }
        found[slot] = Owner(
            model: model.name, property: model.properties[operand.property].name, operator: name, type: value.type,
            reading: reading)
    }

    private mutating func add(_ filter: Filter, _ model: Model) {
        add(filter.condition, model)
        for term in filter.order { add(term, model) }
        for key in filter.cursor?.keys ?? [] {
            add(key.term, model)
            var owner = model
            for step in key.term.related?.path ?? [] { owner = target(step.relation, of: owner) ?? owner }
            add(key.value, key.term.operand, owner, filter.cursor?.side.rawValue ?? "after")
        }
        if let cursor = filter.cursor { add(cursor.reach, model) }
        for include in filter.include where include.deferral == nil {
            let relation = model.relations[include.relation]
            if let link = include.link, let through = relation.through {
                add(link.condition, schema[through.model])
                for term in link.order { add(term, schema[through.model]) }
            }
            if let target = relation.target { add(include.scope, schema[target]) }
            for entry in include.typeScopes { add(entry.scope, schema[entry.model]) }
        }
    }

    private mutating func add(_ term: OrderTerm, _ model: Model) {
        if let list = term.list { add(list, term.operand, model, "inq") }
        var owner = model
        for step in term.related?.path ?? [] {
            if let through = owner.relations[step.relation].through { add(step.linkScope, schema[through.model]) }
            guard let next = target(step.relation, of: owner) else { return }
            add(step.scope, next)
            owner = next
        }
    }

    private func target(_ relation: Relation.ID, of model: Model) -> Model? {
        model.relations[relation].target.map { schema[$0] }
    }

    private mutating func add(_ condition: Condition, _ model: Model) {
        for var part in condition.parts {
            if let operand = part.operands.first, let name = part.operatorName {
                let reading = part.reading
                part.updateValues { add($0, operand, model, name, reading: reading) }
            }
            guard case .related(let related) = part else { continue }
            if let through = model.relations[related.relation].through { add(related.linkScope, schema[through.model]) }
            guard let target = target(related.relation, of: model) else { continue }
            add(related.condition, target)
            add(related.scope, target)
            if let numbers = related.numbers {
                add(
                    numbers.test,
                    numbers.row(of: target, called: "\(model.name).\(model.relations[related.relation].name)"))
            }
        }
    }
}

extension Condition {
    /// See ``ValueOwners/Owner/reading``.
    fileprivate var reading: String? {
        switch self {
        case .regularExpression: return "'' ~ $1"
        case .match(_, let search):
            let language =
                search.language.map { "'" + $0.split(separator: "'").joined(separator: "''") + "'::regconfig, " } ?? ""
            return "\(search.syntax.rawValue)(\(language)$1)"
        default: return nil
        }
    }

    /// What a filter writes for the operator whose value is a value of the column's type, or a text.
    fileprivate var operatorName: String? {
        switch self {
        case .comparison(_, let comparison, _): comparison.name
        case .member(_, _, _, let negated): negated ? "nin" : "inq"
        case .between: "between"
        case .pattern(_, let pattern, _): pattern.name
        case .regularExpression: "regexp"
        case .containment(_, let containment, _): containment.name
        case .match: "match"
        case .always, .never, .all, .any, .not, .isNull, .columns, .near, .related: nil
        }
    }
}

extension Condition.Comparison {
    /// As a filter writes it.
    fileprivate var name: String {
        switch self {
        case .equal: "eq"
        case .notEqual: "neq"
        case .less: "lt"
        case .lessOrEqual: "lte"
        case .greater: "gt"
        case .greaterOrEqual: "gte"
        }
    }
}

extension Condition.Pattern {
    /// As a filter writes it.
    fileprivate var name: String {
        switch self {
        case .like: "like"
        case .notLike: "nlike"
        case .ilike: "ilike"
        case .notIlike: "nilike"
        }
    }
}

extension Condition.Containment {
    /// As a filter writes it.
    fileprivate var name: String {
        switch self {
        case .contains: "contains"
        case .containedBy: "containedBy"
        case .overlaps: "containsAnyOf"
        }
    }
}

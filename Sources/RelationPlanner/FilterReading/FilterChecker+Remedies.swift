// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

/// What to write instead of what is refused.
extension FilterChecker {
    /// The error for a name that is no property of a model.
    func unknown(_ name: String, _ parts: [String], _ model: Model) -> PlannerError {
        error(
            .unknownProperty, "\(model.name) has no property \"\(name)\".\(remedy(forUnknown: name, parts[0], model))",
            model: model, property: name)
    }

    private func remedy(forUnknown name: String, _ head: String, _ model: Model) -> String {
        if let relation = model.relation(head), !relation.isHidden, !(isNested && relation.isProtected) {
            let word = relation.isToMany ? "some" : "is"
            return " To ask about related rows, write {\"\(relation.name)\": {\"\(word)\": {…}}}."
        }
        if let remedy = remedyForLinks(head, model) { return remedy }
        // Of many names that don't fit one of several types, what they may have been meant to be is told of the first only.
        if let misfits, misfits.count > 8 { return "" }
        let suggestion = model.suggestion(forProperty: name, isNested: isNested)
        guard suggestion.isEmpty, let mixins = model.mixins else { return suggestion }
        return
            " A mixin of the model may add it in LoopBack (\(mixins)); list it in \"properties\" to have it here."
    }

    /// LoopBack asks the links where the targets are meant (D12); the links have a place of their own.
    private func remedyForLinks(_ name: String, _ model: Model) -> String? {
        guard let way, way.relation.target == model.id, let through = way.relation.through else { return nil }
        let links = schema[through.model]
        guard let property = links.property(name), isTrusted || !(property.isHidden || property.isProtected) else {
            return nil
        }
        let remedy =
            switch way.place {
            case .definition: "write {\"through\": {\"model\": \"\(links.name)\", \"scope\": {\"where\": {…}}}}"
            case .include: "write {\"relation\": \"\(way.relation.name)\", \"through\": {\"where\": {…}}}"
            case .condition: "ask about a relation to \(links.name)"
            }
        return " Its link model \(links.name) has: \(remedy)."
    }

    /// An operator that there is none of.
    func unknownOperator(_ name: String, _ members: [JSONValue.Member], _ property: Property, _ model: Model)
        -> PlannerError
    {
        var remedy = Suggestion.text(for: name, among: Self.operators)
        if name == "options" || name == "flags" {
            let pattern = members.first { ["like", "nlike", "regexp"].contains($0.key) }?.key
            switch pattern {
            case "like": remedy = " For a pattern in which case doesn't count, write {\"ilike\": …}."
            case "nlike": remedy = " For a pattern in which case doesn't count, write {\"nilike\": …}."
            case "regexp": remedy = " Flags stand behind the expression: {\"regexp\": \"/…/i\"}."
            default: break
            }
        }
        if property.columnType.isJSON { remedy += " For equality with an object, write {\"eq\": {…}}." }
        return error(
            .unknownOperator, "There is no operator \"\(name)\".\(remedy)", model: model, property: property.name,
            operator: name)
    }

    /// What to do where a path leads into a column that isn't JSON.
    static func remedy(forPathInto property: Property) -> String {
        guard property.columnType.category == .text else { return "Paths need a column of type jsonb or json." }
        return
            "Paths need a column of type jsonb or json: change its type with ALTER COLUMN \"\(property.column)\" TYPE jsonb USING \"\(property.column)\"::jsonb, or ask for parts of the text with \"like\"."
    }
}

extension Model {
    /// The mixins that the definition names, for messages; nil for none.
    var mixins: String? {
        guard case .object(let members)? = definition.settings["mixins"] else { return nil }
        let names = members.filter { $0.value != .bool(false) && $0.value != .null }.map(\.key)
        return names.isEmpty ? nil : names.joined(separator: ", ")
    }
}

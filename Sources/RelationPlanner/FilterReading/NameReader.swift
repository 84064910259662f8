// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

/// Finds what a name in a filter stands for, and says what else to write where it stands for nothing.
struct NameReader: ContextReader {
    let context: ReadingContext

    /// A property, or a path inside a JSON property: `settings.theme`.
    func operand(_ name: String, _ model: Model) throws(PlannerError) -> Condition.Operand {
        if let id = model.propertyIDs[name] {
            try accessRules.allow(model.properties[id], model)
            return Condition.Operand(id)
        }
        let parts = name.split(separator: ".", omittingEmptySubsequences: false).map(String.init)
        if parts.count > 1, let id = model.propertyIDs[parts[0]] {
            let property = model.properties[id]
            try accessRules.allow(property, model)
            let path = Array(parts.dropFirst())
            guard property.columnType.hasPaths else {
                throw error(
                    .invalidFilter,
                    "\(model.name).\(property.name) is of type \(property.columnType.name), so there is nothing at \"\(name)\". \(Self.remedy(forPathInto: property))",
                    model: model, property: property.name)
            }
            guard path.allSatisfy({ !$0.isEmpty && !$0.utf8.contains(0) }), path.count <= 64, name.utf8.count <= 4_096
            else {
                throw error(.invalidFilter, "\"\(name)\" is no path.", model: model, property: property.name)
            }
            try accessRules.allow(path, property, model)
            return Condition.Operand(id, path: path)
        }
        throw unknown(name, parts, model)
    }

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
        if let misfits = context.misfits, misfits.count > 8 { return "" }
        let suggestion = model.suggestion(forProperty: name, isNested: isNested)
        guard suggestion.isEmpty, let mixins = model.mixins else { return suggestion }
        return
            " A mixin of the model may add it in LoopBack (\(mixins)); list it in \"properties\" to have it here."
    }

    /// LoopBack asks the links where the targets are meant (D12); the links have a place of their own.
    private func remedyForLinks(_ name: String, _ model: Model) -> String? {
        guard let way = context.way, way.relation.target == model.id, let through = way.relation.through else {
            return nil
        }
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

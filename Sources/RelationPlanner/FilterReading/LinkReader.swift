// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

/// Reads what an include says about links.
struct LinkReader: ContextReader {
    let context: ReadingContext

    func link(
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
        try inside { () throws(PlannerError) in
            for member in members {
                try at(member.key) { () throws(PlannerError) in
                    switch member.key {
                    case "fields":
                        let all = linkModel.properties.filter { !$0.isHidden && !$0.isProtected }.map(\.id)
                        link.fields = try fieldsReader.fields(member.value, linkModel) ?? all
                        link.name = link.name ?? Inflection.camelCase(linkModel.name)
                    case "as":
                        guard case .string(let name) = member.value, !name.isEmpty, !name.utf8.contains(0) else {
                            throw error(
                                .invalidInclude, "\"as\" is the name of a member, not \(member.value.kindName).")
                        }
                        if target?.propertyIDs[name] != nil || target?.relationIDs[name] != nil {
                            throw error(
                                .invalidInclude, "\(target?.name ?? "") has \"\(name)\" already. Choose another name.")
                        }
                        link.name = name
                    case "where": link.condition = try conditionReader.condition(member.value, linkModel)
                    case "order": link.order = try orderReader.order(member.value, linkModel)
                    default:
                        throw error(
                            .invalidInclude, "\"through\" has no \"\(member.key)\". Keys: fields, as, where, order.")
                    }
                }
            }
        }
        if members["fields"] == nil, link.name != nil {
            link.fields = linkModel.properties.filter { !$0.isHidden && !$0.isProtected }.map(\.id)
        }
        return link
    }
}

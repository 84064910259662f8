// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

/// Reads which properties are shown.
struct FieldsReader: ContextReader {
    let context: ReadingContext

    /// `"a"`, `["a", "b"]`, `{"a": true}`, `{"a": false}`; of a mixed object only what is true counts.
    func fields(_ json: JSONValue, _ model: Model) throws(PlannerError) -> [Property.ID]? {
        var wanted: [String] = []
        var unwanted: [String] = []
        switch json {
        case .null, .string(""): return nil
        case .string(let name): wanted = [name]
        case .array, .object:
            if let elements = json.listElements {
                for (index, element) in elements.enumerated() {
                    guard case .string(let name) = element else {
                        throw try at(index) { () throws(PlannerError) in
                            error(
                                .invalidFilter, "A field is a property's name, not \(element.kindName).", model: model)
                        }
                    }
                    wanted.append(name)
                }
            } else if case .object(let members) = json {
                for member in members {
                    switch member.value {
                    case .bool(true), .string("true"), .number("1"), .string("1"): wanted.append(member.key)
                    case .bool(false), .string("false"), .number("0"), .string("0"), .null: unwanted.append(member.key)
                    default:
                        throw try at(member.key) { () throws(PlannerError) in
                            error(
                                .invalidFilter, "true or false is expected here, not \(member.value.kindName).",
                                model: model
                            )
                        }
                    }
                }
            }
        default:
            throw error(
                .invalidFilter,
                "\"fields\" is a name, a list of names or an object of true and false, not \(json.kindName).",
                model: model)
        }
        if wanted.isEmpty, unwanted.isEmpty { return nil }
        var chosen = Set<Property.ID>()
        for (place, name) in (wanted + unwanted).enumerated() {
            try countNode()
            guard let id = model.propertyIDs[name] else {
                // Clients list relations beside properties; the include decides about these.
                if model.relationIDs[name] != nil { continue }
                let failure = nameReader.unknown(name, [name], model)
                if context.misfits == nil { throw failure }
                context.misfits?.append(failure)
                continue
            }
            // Of a mixed object only what is true counts.
            if wanted.isEmpty || place < wanted.count { chosen.insert(id) }
        }
        // Hidden properties are left out, whoever asks for them (K5).
        let visible = model.properties.filter { !$0.isHidden && !(isNested && $0.isProtected) }
        return visible.map(\.id).filter { chosen.contains($0) != wanted.isEmpty }
    }
}

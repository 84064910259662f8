// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

/// Reads `contains`, `containedBy` and `containsAnyOf`.
struct ContainmentReader: ContextReader {
    let context: ReadingContext

    func containment(
        _ name: String, _ json: JSONValue, _ operand: Condition.Operand, _ model: Model
    ) throws(PlannerError) -> Condition {
        let property = model.properties[operand.property]
        let type = property.columnType
        let how: Condition.Containment =
            name == "contains" ? .contains : name == "containedBy" ? .containedBy : .overlaps
        if operand.path.isEmpty, let element = type.element {
            try binder.refuseIncomparableList(operand, model, name)
            let list: JSONValue =
                json.listElements.map(JSONValue.array) ?? (json == .null ? .array([]) : .array([json]))
            if list.elements?.count ?? 0 > limits.listLength {
                throw error(
                    .filterTooLarge, "\"\(name)\" has more than \(limits.listLength) values. Ask in steps.",
                    model: model,
                    property: property.name, operator: name)
            }
            guard json != .null, let contents = ValueReader.contents(list, type, property.kind) else {
                throw binder.invalid(
                    model, property, name, "a list of values, each \(ValueReader.expectation(element))")
            }
            return .containment(operand, how, BoundValue(type, contents))
        }
        if operand.path.isEmpty, type.category == .other, type.operation(how) != nil {
            guard json != .null,
                let contents = how == .contains
                    ? ValueReader.contained(json, type, property.kind)
                    : ValueReader.contents(json, type, property.kind)
            else { throw binder.invalid(model, property, name, ValueReader.expectation(type)) }
            return .containment(operand, how, BoundValue(type, contents))
        }
        let isDocument = type.isJSON
        if isDocument, name == "contains" {
            let isText = json.text != nil && !operand.path.isEmpty
            if !isText {
                guard json != .null, let contents = ValueReader.contents(json, .jsonb, .any) else {
                    throw binder.invalid(model, property, name, "JSON other than null, without the character NUL")
                }
                return .containment(operand, .contains, BoundValue(.jsonb, contents))
            }
        }
        guard name == "contains", !isDocument || !operand.path.isEmpty else {
            throw binder.invalid(model, property, name, "an array column; this one is \(type.name)")
        }
        return .pattern(operand, .like, try textReader.part(json, operand, model, name, before: "%", after: "%"))
    }
}

// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

/// Binds values to the types of what they are compared with.
struct ValueBinder: ContextReader {
    let context: ReadingContext

    /// An operator that the property's type lacks.
    func meaningless(_ name: String, _ property: Property, _ model: Model) -> PlannerError {
        error(
            .invalidFilter,
            "\"\(name)\" has no meaning for \(model.name).\(property.name), which is \(property.columnType.name).",
            model: model, property: property.name, operator: name)
    }

    func invalid(
        _ model: Model, _ property: Property, _ name: String, _ expectation: String
    ) -> PlannerError {
        error(
            .invalidValue, "\"\(name)\" of \(model.name).\(property.name) takes \(expectation).", model: model,
            property: property.name, operator: name)
    }

    /// A value of a property's column; not for null.
    func bind(
        _ json: JSONValue, _ property: Property, _ model: Model, _ name: String
    ) throws(PlannerError) -> BoundValue {
        let type = property.columnType
        // There is no column whose type it could be: records that are embedded have numbers of all sorts, and all values of a
        // list are of one type.
        if property.isOfAnyNumber(in: model), let digits = ValueReader.numeric(json) {
            return BoundValue(.numeric, .numeric(digits))
        }
        if let value = ValueReader.value(json, type, property.kind) { return value }
        // LoopBack's INTEGER is only assumed until the catalog is known: scopes may say 1.5 of a real column.
        if isTrusted, property.isTypeAssumed, type.isNumeric, let digits = ValueReader.numeric(json) {
            return BoundValue(.numeric, .numeric(digits))
        }
        throw invalid(model, property, name, ValueReader.expectation(type) + " (the column is \(type.name))")
    }

    /// A value at a path inside JSON: its own type says how it is compared (D26).
    func bindAtPath(
        _ json: JSONValue, _ property: Property, _ model: Model, _ name: String
    ) throws(PlannerError) -> BoundValue {
        let value: BoundValue? =
            switch json {
            case .bool(let flag): BoundValue(.bool, .bool(flag))
            case .number: ValueReader.numeric(json).map { BoundValue(.numeric, .numeric($0)) }
            case .string(let text): text.utf8.contains(0) ? nil : BoundValue(.text, .text(text))
            case .array, .object: ValueReader.contents(json, .jsonb, .any).map { BoundValue(.jsonb, $0) }
            case .null: nil
            }
        guard let value else { throw invalid(model, property, name, "a JSON value without the character NUL") }
        return value
    }

    func bind(
        _ json: JSONValue, _ operand: Condition.Operand, _ model: Model, _ name: String
    ) throws(PlannerError) -> BoundValue {
        let property = model.properties[operand.property]
        return operand.path.isEmpty
            ? try bind(json, property, model, name) : try bindAtPath(json, property, model, name)
    }

    /// Lists whose elements PostgreSQL has no `=` for (json, point, xml) can only be asked whether they exist.
    func refuseIncomparableList(
        _ operand: Condition.Operand, _ model: Model, _ name: String
    ) throws(PlannerError) {
        let property = model.properties[operand.property]
        guard operand.path.isEmpty, let element = property.columnType.element, !element.hasEquality else { return }
        throw meaningless(name, property, model)
    }
}

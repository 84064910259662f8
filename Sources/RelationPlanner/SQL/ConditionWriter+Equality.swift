// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

extension ConditionWriter {
    /// Appends a comparison with one value.
    func writeComparison(
        _ operand: Condition.Operand, _ comparison: Condition.Comparison, _ value: BoundValue, to sql: inout SQLText
    ) {
        let equality = equality(of: operand, as: value.type)
        // There is an operator that says "the same as", but none that says "not the same as"; nor has each `=` a `<>`.
        let isNegated = comparison == .notEqual && !value.type.hasInequality
        if isNegated { sql.append("NOT ") }
        writeSide(operand, equality, as: value.type, to: &sql)
        let symbol = equality == .same ? "~=" : isNegated ? "=" : comparison.rawValue
        sql.append(operator: symbol, of: value.type)
        writeValue(value, equality, to: &sql)
    }

    /// Appends `= ANY` of an array, or `<> ALL`.
    func writeMember(
        _ operand: Condition.Operand, _ values: BoundValue, matchesNull: Bool, negated: Bool, to sql: inout SQLText
    ) {
        let type = values.type.element ?? values.type
        let equality = equality(of: operand, as: type)
        if matchesNull { sql.append("(") }
        let isNegated = negated && !type.hasInequality
        if isNegated { sql.append("NOT ") }
        writeSide(operand, equality, as: type, to: &sql)
        switch (equality, negated) {
        case (.same, _): sql.append(" \(type.written("~=")) ANY(")
        case (_, true) where !isNegated: sql.append(" \(type.written("<>")) ALL(")
        case (_, _): sql.append(" \(type.written("=")) ANY(")
        }
        writeValue(values, equality, to: &sql)
        sql.append(")")
        guard matchesNull else { return }
        sql.append(negated ? " AND " : " OR ")
        writeRaw(operand, to: &sql)
        sql.append(negated ? " IS NOT NULL)" : " IS NULL)")
    }

    /// At a path values are of JSON's types, which all have an `=`.
    private func equality(of operand: Condition.Operand, as type: ColumnType) -> ColumnType.Equality {
        operand.path.isEmpty ? type.equality : .standard
    }

    private func writeSide(
        _ operand: Condition.Operand, _ equality: ColumnType.Equality, as type: ColumnType, to sql: inout SQLText
    ) {
        switch equality {
        case .standard, .same: writeOperand(operand, as: type, to: &sql)
        case .document: writeDocument(operand, to: &sql)
        case .text: writeText(operand, to: &sql)
        }
    }

    private func writeValue(_ value: BoundValue, _ equality: ColumnType.Equality, to sql: inout SQLText) {
        switch equality {
        case .standard, .same: sql.append(value: value)
        case .document:
            sql.append(value: value)
            sql.append(value.type.element == nil ? "::jsonb" : "::jsonb[]")
        case .text:
            sql.append(
                value.type.element == nil
                    ? value.type.text(sql.reference(to: value)) : value.type.reading(sql.reference(to: value)))
        }
    }
}

// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

extension ConditionWriter {
    /// Appends a comparison with one value.
    func writeComparison(
        _ operand: Condition.Operand, _ comparison: Condition.Comparison, _ value: BoundValue, to sql: inout SQLText
    ) {
        let equality = Equality(operand, type: value.type)
        // `point` has an operator that says "the same as", but none that says "not the same as".
        let isNegated = equality == .same && comparison == .notEqual
        if isNegated { sql.append("NOT ") }
        writeSide(operand, equality, as: value.type, to: &sql)
        sql.append(" \(equality == .same ? "~=" : comparison.rawValue) ")
        sql.append(value: value)
        sql.append(equality.cast)
    }

    /// Appends `= ANY` of an array, or `<> ALL`.
    func writeMember(
        _ operand: Condition.Operand, _ values: BoundValue, matchesNull: Bool, negated: Bool, to sql: inout SQLText
    ) {
        let type = values.type.element ?? values.type
        let equality = Equality(operand, type: type)
        if matchesNull { sql.append("(") }
        if equality == .same, negated { sql.append("NOT ") }
        writeSide(operand, equality, as: type, to: &sql)
        switch (equality, negated) {
        case (.same, _): sql.append(" ~= ANY(")
        case (_, true): sql.append(" <> ALL(")
        case (_, false): sql.append(" = ANY(")
        }
        sql.append(value: values)
        if equality == .document { sql.append("::jsonb[]") }
        sql.append(")")
        guard matchesNull else { return }
        sql.append(negated ? " AND " : " OR ")
        writeRaw(operand, to: &sql)
        sql.append(negated ? " IS NOT NULL)" : " IS NULL)")
    }

    private func writeSide(
        _ operand: Condition.Operand, _ equality: Equality, as type: ColumnType, to sql: inout SQLText
    ) {
        if equality == .document { writeDocument(operand, to: &sql) } else { writeOperand(operand, as: type, to: &sql) }
    }

    /// How equality of a type is written, for not every type has an `=`.
    private enum Equality {
        case standard
        /// `point`: `~=`.
        case same
        /// `json`: equality of the documents.
        case document

        init(_ operand: Condition.Operand, type: ColumnType) {
            switch type.category {
            case .point: self = .same
            case .json where operand.path.isEmpty: self = .document
            default: self = .standard
            }
        }

        var cast: String { self == .document ? "::jsonb" : "" }
    }
}

// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

/// Writes conditions on the rows of one model as SQL.
///
/// Names come from the schema and are quoted; values, JSON paths among them, are parameters.
struct ConditionWriter {
    let schema: Schema
    let model: Model
    /// The alias the model's table goes by.
    let alias: String
    /// The column that holds the whole record where the rows are embedded records.
    var item: String?

    /// Appends `condition`, parenthesised where it needs to be to stand beside an AND.
    func write(_ condition: Condition, to sql: inout SQLText) throws(PlannerError) {
        switch condition {
        case .always: sql.append("TRUE")
        case .never: sql.append("FALSE")
        case .all(let conditions): try write(conditions, separator: " AND ", empty: "TRUE", to: &sql)
        case .any(let conditions): try write(conditions, separator: " OR ", empty: "FALSE", to: &sql)
        case .not(let condition):
            sql.append("NOT COALESCE(")
            try write(condition, to: &sql)
            sql.append(", FALSE)")
        case .related(let related): try write(related, to: &sql)
        default: writeLeaf(condition, to: &sql)
        }
    }

    private func write(
        _ conditions: [Condition], separator: String, empty: String, to sql: inout SQLText
    ) throws(PlannerError) {
        guard !conditions.isEmpty else { return sql.append(empty) }
        sql.append("(")
        var isFirst = true
        for condition in conditions {
            sql.append(separator: separator, isFirst: &isFirst)
            try write(condition, to: &sql)
        }
        sql.append(")")
    }

    /// Conditions on the model's own columns.
    private func writeLeaf(_ condition: Condition, to sql: inout SQLText) {
        switch condition {
        case .comparison(let operand, let comparison, let value):
            writeComparison(operand, comparison, value, to: &sql)
        case .isNull(let operand, let negated):
            writeRaw(operand, to: &sql)
            sql.append(negated ? " IS NOT NULL" : " IS NULL")
        case .member(let operand, let values, let matchesNull, let negated):
            writeMember(operand, values, matchesNull: matchesNull, negated: negated, to: &sql)
        case .between(let operand, let lower, let upper): writeBetween(operand, lower, upper, to: &sql)
        case .pattern(let operand, let pattern, let value):
            writeText(operand, to: &sql)
            sql.append(" \(written(pattern, for: operand)) ")
            sql.append(value: value)
        case .regularExpression(let operand, let value, let ignoringCase):
            writeText(operand, to: &sql)
            sql.append(" \(type(of: operand).written(ignoringCase ? "~*" : "~")) ")
            sql.append(value: value)
        case .containment(let operand, let containment, let value):
            writeContainer(operand, as: value.type, to: &sql)
            sql.append(" \(value.type.written(value.type.operation(containment) ?? containment.rawValue)) ")
            sql.append(value: value)
        case .columns(let left, let comparison, let right):
            writeColumn(left, to: &sql)
            sql.append(" \(type(of: left).written(comparison.rawValue)) ")
            writeColumn(right, to: &sql)
        case .match(let operand, let search): writeMatch(operand, search, to: &sql)
        case .near(let operand, let nearness): writeNear(operand, nearness, to: &sql)
        case .always, .never, .all, .any, .not, .related: break
        }
    }

    private func type(of operand: Condition.Operand) -> ColumnType { model.properties[operand.property].columnType }

    /// BETWEEN, or what it stands for where the type's operators have to be named.
    private func writeBetween(
        _ operand: Condition.Operand, _ lower: BoundValue, _ upper: BoundValue, to sql: inout SQLText
    ) {
        let (least, most) = (lower.type.written(">="), upper.type.written("<="))
        let isNamed = least != ">="
        if isNamed { sql.append("(") }
        writeOperand(operand, as: lower.type, to: &sql)
        sql.append(isNamed ? " \(least) " : " BETWEEN ")
        sql.append(value: lower)
        sql.append(" AND ")
        if isNamed {
            writeOperand(operand, as: upper.type, to: &sql)
            sql.append(" \(most) ")
        }
        sql.append(value: upper)
        if isNamed { sql.append(")") }
    }

    /// LIKE and its kin; as operators of the type's own where these have to be named.
    private func written(_ pattern: Condition.Pattern, for operand: Condition.Operand) -> String {
        let symbol =
            switch pattern {
            case .like: "~~"
            case .notLike: "!~~"
            case .ilike: "~~*"
            case .notIlike: "!~~*"
            }
        let operation = type(of: operand).written(symbol)
        return operation == symbol ? pattern.rawValue : operation
    }

    private func writeMatch(_ operand: Condition.Operand, _ search: Condition.TextSearch, to sql: inout SQLText) {
        // Checked when the filter was: one of PostgreSQL's configurations, quoted all the same.
        let language =
            search.language.map { "'" + $0.split(separator: "'").joined(separator: "''") + "'::regconfig, " } ?? ""
        if model.properties[operand.property].columnType.oid == ColumnType.tsvector.oid {
            writeColumn(operand, to: &sql)
        } else {
            sql.append("to_tsvector(\(language)")
            writeText(operand, to: &sql)
            sql.append(")")
        }
        sql.append(" @@ \(search.syntax.rawValue)(\(language)")
        sql.append(value: search.query)
        sql.append(")")
    }

    private func writeNear(_ operand: Condition.Operand, _ nearness: Condition.Nearness, to sql: inout SQLText) {
        var isFirst = true
        sql.append("(")
        for (bound, comparison) in [(nearness.minimum, " >= "), (nearness.maximum, " <= ")] {
            guard let bound else { continue }
            sql.append(separator: " AND ", isFirst: &isFirst)
            writeDistance(operand, from: nearness.center, to: &sql)
            sql.append(comparison)
            sql.append(value: bound)
        }
        // Without a bound, nearness only orders; a row without a place is near to nothing.
        if isFirst {
            writeColumn(operand, to: &sql)
            sql.append(" IS NOT NULL")
        }
        sql.append(")")
    }
}

// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

extension ConditionWriter {
    /// The operand as a value of `type`: a column as it is; at a JSON path the value there when it is of that JSON type,
    /// else NULL, so that other types never match and never fail the query (D26).
    func writeOperand(_ operand: Condition.Operand, as type: ColumnType, to sql: inout SQLText) {
        guard !operand.path.isEmpty else { return writeColumn(operand, to: &sql) }
        switch type.category {
        case .numeric, .int2, .int4, .int8, .float4, .float8:
            writeTyped(operand, jsonTypes: "= 'number'", cast: "::numeric", to: &sql)
        case .bool: writeTyped(operand, jsonTypes: "= 'boolean'", cast: "::boolean", to: &sql)
        case .json, .jsonb, .array:
            sql.append("CASE WHEN jsonb_typeof(")
            writePlace(operand, to: &sql)
            sql.append(") IN ('array', 'object') THEN ")
            writePlace(operand, to: &sql)
            sql.append(" END")
        default: writeTyped(operand, jsonTypes: "= 'string'", cast: "", to: &sql)
        }
    }

    /// The operand for containment: a column, or whatever JSON stands at a path.
    func writeContainer(_ operand: Condition.Operand, as type: ColumnType, to sql: inout SQLText) {
        guard !operand.path.isEmpty else {
            // json has no containment of its own.
            if type.isJSON { return writeDocument(operand, to: &sql) }
            return writeOperand(operand, as: type, to: &sql)
        }
        sql.append("(")
        writePlace(operand, to: &sql)
        sql.append(")")
    }

    /// The operand for a NULL test: JSON's null and a missing key are NULL as well.
    func writeRaw(_ operand: Condition.Operand, to sql: inout SQLText) {
        guard !operand.path.isEmpty else {
            guard let item else { return writeColumn(operand, to: &sql) }
            return writeMember(operand, of: item, "->>", to: &sql)
        }
        sql.append("(")
        writeDocument(operand, to: &sql)
        sql.append(" #>> ")
        writePath(operand, to: &sql)
        sql.append(")")
    }

    /// The operand's text, for patterns.
    func writeText(_ operand: Condition.Operand, to sql: inout SQLText) {
        guard operand.path.isEmpty else { return writeTyped(operand, jsonTypes: "= 'string'", cast: "", to: &sql) }
        let property = model.properties[operand.property]
        let (type, column) = (property.columnType, alias + "." + quoted(property.column))
        // A cast takes the padding off `character(n)`.
        let isText = type.category == .text && type.oid != ColumnType.bpchar.oid
        sql.append(isText || type.hasPatterns ? column : type.text(column))
        // PostgreSQL knows no patterns under a nondeterministic collation.
        if type.isFolding { sql.append(" COLLATE \"default\"") }
    }

    /// The operand for ordering: at a path, JSON's own order would mix types, so it is the text there, as LoopBack has it.
    func writeOrderKey(_ operand: Condition.Operand, to sql: inout SQLText) {
        if operand.path.isEmpty { writeColumn(operand, to: &sql) } else { writeRaw(operand, to: &sql) }
    }

    /// A property of the embedded record, whatever it holds.
    private func writeMember(
        _ operand: Condition.Operand, of item: String, _ arrow: String, to sql: inout SQLText
    ) {
        sql.append("(")
        sql.append(column: item, of: alias)
        sql.append(" \(arrow) ")
        sql.append(value: BoundValue(.text, .text(model.properties[operand.property].name)))
        sql.append(")")
    }

    func writeColumn(_ operand: Condition.Operand, to sql: inout SQLText) {
        let property = model.properties[operand.property]
        sql.append(operand: property.column, of: alias, property.columnType)
    }

    /// Metres between the operand's point and another, on a sphere (the haversine formula). NULL for no point, and for
    /// coordinates that aren't finite: PostgreSQL's functions of angles would fail the query, and `least` would take a
    /// NULL for the far side of the earth.
    func writeDistance(_ operand: Condition.Operand, from center: BoundValue, to sql: inout SQLText) {
        let column = alias + "." + quoted(model.properties[operand.property].column)
        let center = sql.reference(to: center)
        let (x, y) = ("(\(center))[0]", "(\(center))[1]")
        // 1 is added and taken away: what that leaves nothing of has no square in double precision, which is an error.
        func squaredSine(_ angle: String) -> String { "power(sind((\(angle)) / 2) + 1 - 1, 2)" }
        sql.append(
            "CASE WHEN abs(\(column)[0]) <= 1e6 AND abs(\(column)[1]) <= 1e6 THEN "
                + "\(2 * Condition.Nearness.earthRadius) * asin(least(1, sqrt(\(squaredSine("\(column)[1] - \(y)")) "
                + "+ cosd(\(column)[1]) * cosd(\(y)) * \(squaredSine("\(column)[0] - \(x)"))))) END")
    }

    private func writeTyped(
        _ operand: Condition.Operand, jsonTypes: String, cast: String, to sql: inout SQLText
    ) {
        sql.append("CASE WHEN jsonb_typeof(")
        writePlace(operand, to: &sql)
        sql.append(") \(jsonTypes) THEN (")
        writeDocument(operand, to: &sql)
        sql.append(" #>> ")
        writePath(operand, to: &sql)
        sql.append(")\(cast) END")
    }

    /// The JSON of the operand's column as jsonb.
    func writeDocument(_ operand: Condition.Operand, to sql: inout SQLText) {
        if let item, !operand.path.isEmpty { return writeMember(operand, of: item, "->", to: &sql) }
        let property = model.properties[operand.property]
        guard property.columnType.category == .json else { return writeColumn(operand, to: &sql) }
        sql.append("(\(JSONPattern.document(alias + "." + quoted(property.column))))")
    }

    /// The JSON at the operand's path.
    private func writePlace(_ operand: Condition.Operand, to sql: inout SQLText) {
        writeDocument(operand, to: &sql)
        sql.append(" #> ")
        writePath(operand, to: &sql)
    }

    private func writePath(_ operand: Condition.Operand, to sql: inout SQLText) {
        sql.append(value: BoundValue(ColumnType.text.array, .array(operand.path.map { .text($0) })))
    }
}

// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

/// Embedded records as rows of a sub-select: those of one row's column, with a column for each property that is asked about.
///
/// They are what ``EmbeddedFilter`` takes them for in memory: a property that is missing or null is NULL, and so is a value of
/// another JSON type than its property declares, so that it never matches and never fails the statement (D26). What is no
/// list, or no object, holds no records.
struct EmbeddedRecords {
    let source: Model
    let sourceAlias: String
    let relation: Relation
    let property: Property
    let target: Model

    /// The column that holds the whole record: a name that no property's column has.
    var item: String {
        var name = "item"
        while target.properties.contains(where: { $0.column == name }) { name += "_" }
        return name
    }

    /// Appends `(SELECT … FROM jsonb_array_elements(…) AS e(value)) AS alias WHERE …`.
    ///
    /// - Parameters:
    ///   - used: the properties whose columns are named outside.
    ///   - value: one record, as an expression; nil for those of the property.
    /// - Throws: ``PlannerError`` `UNSUPPORTED` for records that are kept as text, and for properties of types that can't be
    ///   read there.
    func append(
        _ used: Set<Property.ID>, alias: String, value: String? = nil, to sql: inout SQLText
    ) throws(PlannerError) {
        guard value != nil || property.columnType.isJSON else {
            throw PlannerError(
                .unsupported,
                "\(source.name).\(property.name) keeps its records as \(property.columnType.name), so rows can't be filtered or ordered by them; make the column jsonb.",
                model: source.name, relation: relation.name)
        }
        sql.append("(SELECT e.value AS \(quoted(item))")
        for id in used.sorted() {
            let property = target.properties[id]
            let name = sql.reference(to: BoundValue(.text, .text(property.name)))
            guard let value = Self.reading(property, json: "(e.value -> \(name))", text: "(e.value ->> \(name))") else {
                throw PlannerError(
                    .unsupported,
                    "\(target.name).\(property.name) is embedded here and of the type \(property.columnType.name), so rows can't be filtered or ordered by it; ask about another property.",
                    model: target.name, property: property.name)
            }
            sql.append(", \(value) AS \(quoted(property.column))")
        }
        var column = "\(sourceAlias).\(quoted(property.column))"
        if property.columnType.category == .json { column = JSONPattern.document(column) }
        if let value {
            sql.append(" FROM (VALUES (\(value))) AS e(value)")
        } else if relation.isToMany {
            sql.append(
                " FROM jsonb_array_elements(CASE WHEN jsonb_typeof(\(column)) = 'array' THEN \(column) END) AS e(value)"
            )
        } else {
            sql.append(" FROM (VALUES (\(column))) AS e(value)")
        }
        sql.append(") AS \(alias) WHERE jsonb_typeof(\(alias).\(quoted(item))) = 'object'")
    }

    /// A member as a value of its property's column type; nil where only this library could read it.
    private static func reading(_ property: Property, json: String, text: String) -> String? {
        let type = property.columnType
        func typed(_ jsonTypes: String, _ value: String) -> String {
            "CASE WHEN jsonb_typeof\(json) \(jsonTypes) THEN \(value) END"
        }
        let number = "\(text)::numeric"
        switch type.category {
        case .int2, .int4, .int8, .float4, .float8, .numeric:
            // The digits of a `string` property stand in a text.
            guard property.kind != .string else { return nil }
            guard !property.isTypeAssumed, let limits = StoredText(type)?.limits else {
                return typed("= 'number'", number)
            }
            let whole = type.isInteger ? "\(number) = trunc(\(number)) AND " : ""
            let fits = whole + limits.sql(number)
            return typed("= 'number'", "CASE WHEN \(fits) THEN \(number)::\(type.castName) END")
        case .bool: return typed("= 'boolean'", "\(text)::boolean")
        case .text:
            let cast = type.oid == ColumnType.bpchar.oid ? "::bpchar" : ""
            switch property.kind {
            case .string, .date: return typed("= 'string'", text + cast)
            case .number: return typed("IN ('string', 'number')", text + cast)
            case .boolean: return typed("IN ('string', 'boolean')", text + cast)
            default: return nil
            }
        case .uuid, .time, .enumeration:
            return StoredText(type).map { typed("= 'string'", $0.sql(text, as: type)) }
        case .date, .timestamp, .timestamptz:
            guard let stored = StoredText(.timestamptz) else { return nil }
            // A number is milliseconds since 1970.
            let instant =
                "CASE WHEN jsonb_typeof\(json) = 'string' THEN \(stored.sql(text, as: .timestamptz))"
                + " WHEN jsonb_typeof\(json) = 'number' THEN CASE WHEN \(number)"
                + " BETWEEN \(StoredText.milliseconds.first) AND \(StoredText.milliseconds.last)"
                + " THEN 'epoch'::timestamptz + trunc(\(number))::float8 * interval '1 millisecond' END END"
            return type.category == .timestamptz
                ? instant : "((\(instant)) AT TIME ZONE 'UTC')::\(type.castName)"
        case .json, .jsonb: return "nullif(\(json), 'null')"
        case .timetz, .interval, .bytea, .point, .array, .other: return nil
        }
    }
}

extension Condition {
    /// The properties of the model whose columns the condition looks at: not where it asks whether there is a value, nor at
    /// a path, for both of which the record itself is looked at.
    ///
    /// - Parameter model: the model the condition is about, for the message.
    /// - Throws: ``PlannerError`` `UNSUPPORTED` for relations of embedded records.
    func embeddedProperties(of model: Model) throws(PlannerError) -> Set<Property.ID> {
        var properties: Set<Property.ID> = []
        for part in parts {
            switch part {
            case .isNull: break
            case .related(let related):
                let relation = model.relations[related.relation]
                throw PlannerError(
                    .unsupported,
                    "Records of \(model.name) are embedded here, so they can't be asked about their relation \"\(relation.name)\"; ask about their own properties.",
                    model: model.name, relation: relation.name)
            default: properties.formUnion(part.operands.filter(\.path.isEmpty).map(\.property))
            }
        }
        return properties
    }
}

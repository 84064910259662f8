// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

/// Reads a filter: each key by the reader of its part.
package struct FilterReader: ContextReader {
    let context: ReadingContext

    package static let filterKeys = [
        "where", "order", "limit", "skip", "offset", "fields", "include", "after", "before", "distinct", "page",
        "withDeleted",
    ]
    /// The words of conditions on a property.
    package static var operators: [String] { OperatorReader.operators }
    /// What an include says besides the scope's filter.
    package static var includeKeys: Set<String> { IncludeReader.includeKeys }

    func filter(_ json: JSONValue, _ model: Model, _ position: FilterPosition) throws(PlannerError) -> Filter {
        var filter = Filter()
        let members: [JSONValue.Member]
        switch json {
        case .null: return filter
        case .object(let list): members = list
        default: throw error(.invalidFilter, "A filter is an object, not \(json.kindName).")
        }
        var cursor: JSONValue.Member?
        for member in members {
            try at(member.key) { () throws(PlannerError) in
                let value = member.value
                switch member.key {
                case "where":
                    let known = context.misfits?.count
                    filter.condition = try conditionReader.condition(value, model)
                    if context.misfits?.count != known { filter.condition = .never }
                case "order": filter.order = try orderReader.order(value, model)
                case "limit": filter.limit = try limit(value, position)
                case "skip": filter.skip = try skip(value, position)
                case "offset":
                    let skip = try skip(value, position)
                    if !members.contains(where: { $0.key == "skip" && $0.value != .null }) { filter.skip = skip }
                case "fields": filter.fields = try fieldsReader.fields(value, model)
                case "include": filter.include = try includeReader.includes(value, model)
                case "after", "before":
                    if value == .null { break }
                    if position == .toOne || position == .link {
                        throw error(
                            .limitOnToOne, "A cursor has no meaning here: there is at most one row. Leave it out.")
                    }
                    if cursor != nil {
                        throw error(.invalidFilter, "\"after\" and \"before\" can't be used together.")
                    }
                    cursor = member
                case "distinct": filter.distinct = try flag(value, position)
                case "withDeleted": filter.deleted = try deleted(value, model)
                case "page": (filter.page, filter.pageCursors) = try pageReader.page(value, position)
                default:
                    let hint = Suggestion.text(for: member.key, among: Self.filterKeys)
                    throw error(
                        .invalidFilter,
                        "A filter has no \"\(member.key)\".\(hint) Keys: \(Self.filterKeys.joined(separator: ", ")).",
                        model: model)
                }
            }
        }
        if let cursor {
            filter.cursor = try at(cursor.key) { () throws(PlannerError) in
                try cursorReader.cursor(cursor.value, cursor.key == "after" ? .after : .before, model)
            }
        }
        if filter.distinct {
            // Which combinations there are depends on all of a value.
            for field in filter.fields ?? [] {
                try accessRules.refuseConcealing(Condition.Operand(field), model, "distinct")
            }
        }
        if let problem = filter.distinctProblem(model) {
            throw error(.invalidFilter, problem.message, model: model, property: problem.property)
        }
        return filter
    }

    func flag(_ json: JSONValue, _ position: FilterPosition) throws(PlannerError) -> Bool {
        let value: Bool
        switch json {
        case .bool(let flag): value = flag
        case .null, .string("false"), .string("0"), .string(""): value = false
        case .string("true"), .string("1"): value = true
        default: throw error(.invalidFilter, "true or false is expected here, not \(json.kindName).")
        }
        if value, position != .root {
            throw error(
                .invalidFilter, "This is possible where records of a model are found, not where a relation is followed."
            )
        }
        return value
    }

    /// Whether deleted records are meant too, or alone; for models where they stay.
    private func deleted(_ json: JSONValue, _ model: Model) throws(PlannerError) -> Filter.Deleted? {
        let deleted: Filter.Deleted?
        switch json {
        case .bool(true), .string("true"), .string("1"): deleted = .included
        case .string("only"): deleted = .only
        case .bool(false), .null, .string("false"), .string("0"), .string(""): deleted = nil
        default: throw error(.invalidFilter, "\"withDeleted\" is true, false or \"only\", not \(json.kindName).")
        }
        guard deleted == nil || model.softDelete != nil else {
            throw error(
                .invalidFilter, "Deleted records of \(model.name) are gone: the model has no \"softDelete\".",
                model: model)
        }
        return deleted
    }

    private func limit(_ json: JSONValue, _ position: FilterPosition) throws(PlannerError) -> Filter.RowLimit {
        let rows = try rowCount(json, "limit")
        // A definition may say what is so anyway: "the latest" is often written with a limit of 1.
        if rows != 0, !isTrusted { try refuseOnToOne(position, "limit") }
        return rows == 0 ? .unlimited : .rows(rows)
    }

    private func skip(_ json: JSONValue, _ position: FilterPosition) throws(PlannerError) -> Filter.RowLimit? {
        if json == .null { return nil }
        let rows = try rowCount(json, "skip")
        if rows != 0 { try refuseOnToOne(position, "skip") }
        return .rows(rows)
    }

    private func refuseOnToOne(_ position: FilterPosition, _ key: String) throws(PlannerError) {
        if position == .toOne {
            throw error(
                .limitOnToOne, "\"\(key)\" has no meaning here: the relation leads to at most one row. Leave it out.")
        }
    }

    /// A whole number of at least 0, or a string that holds one; null and '' are 0.
    private func rowCount(_ json: JSONValue, _ key: String) throws(PlannerError) -> Int {
        switch json {
        case .null, .string(""): return 0
        case .number(let text), .string(let text):
            if let value = DecimalText(text.trimmingSpace)?.int64, value >= 0 { return Int(value) }
        default: break
        }
        throw error(.invalidFilter, "\"\(key)\" is a whole number of at least 0.")
    }
}

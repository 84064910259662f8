// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

extension FilterChecker {
    // MARK: Patterns

    /// A pattern as the caller wrote it, wildcards included.
    func pattern(
        _ json: JSONValue, _ operand: Condition.Operand, _ model: Model, _ name: String
    ) throws(PlannerError) -> BoundValue {
        let text = try text(json, operand, model, name)
        // PostgreSQL refuses a pattern that ends with the escape character (22025).
        guard !Self.endsInEscape(text) else {
            throw invalid(
                model, model.properties[operand.property], name,
                "a pattern; the backslash at its end escapes nothing, write two")
        }
        return BoundValue(.text, .text(text))
    }

    /// A text that is looked for literally.
    func part(
        _ json: JSONValue, _ operand: Condition.Operand, _ model: Model, _ name: String, before: String, after: String
    ) throws(PlannerError) -> BoundValue {
        var bytes = Array(before.utf8)
        for byte in try text(json, operand, model, name).utf8 {
            if byte == UInt8(ascii: "%") || byte == UInt8(ascii: "_") || byte == UInt8(ascii: "\\") {
                bytes.append(UInt8(ascii: "\\"))
            }
            bytes.append(byte)
        }
        bytes += after.utf8
        return BoundValue(.text, .text(String(decoding: bytes, as: UTF8.self)))
    }

    private static func endsInEscape(_ pattern: String) -> Bool {
        pattern.utf8.reversed().prefix { $0 == UInt8(ascii: "\\") }.count % 2 == 1
    }

    private func text(
        _ json: JSONValue, _ operand: Condition.Operand, _ model: Model, _ name: String
    ) throws(PlannerError) -> String {
        guard case .string(let text) = json, !text.utf8.contains(0) else {
            throw invalid(model, model.properties[operand.property], name, "a string without the character NUL")
        }
        return text
    }

    /// `"/^customer/i"`, `"^customer/i"` as LoopBack takes it too, or the expression alone.
    func regularExpression(
        _ json: JSONValue, _ operand: Condition.Operand, _ model: Model
    ) throws(PlannerError) -> Condition {
        let property = model.properties[operand.property]
        var text = try text(json, operand, model, "regexp")
        var ignoringCase = false
        if text.hasPrefix("/"), let end = text.lastIndex(of: "/"), end > text.startIndex {
            let flags = text[text.index(after: end)...]
            guard flags.allSatisfy({ "gim".contains($0) }) else {
                throw invalid(model, property, "regexp", "the flags i, g and m only, not \"\(flags)\"")
            }
            ignoringCase = flags.contains("i")
            text = String(text[text.index(after: text.startIndex)..<end])
        } else if let end = text.lastIndex(of: "/"), end > text.startIndex {
            let flags = text[text.index(after: end)...]
            if !flags.isEmpty, flags.allSatisfy({ "gim".contains($0) }) {
                ignoringCase = flags.contains("i")
                text = String(text[..<end])
            }
        }
        if let problem = RegularExpressionText.problem(text) {
            throw invalid(model, property, "regexp", "a POSIX regular expression; this one is wrong: \(problem)")
        }
        return .regularExpression(operand, BoundValue(.text, .text(text)), ignoringCase: ignoringCase)
    }

    // MARK: Containment

    func containment(
        _ name: String, _ json: JSONValue, _ operand: Condition.Operand, _ model: Model
    ) throws(PlannerError) -> Condition {
        let property = model.properties[operand.property]
        let type = property.columnType
        let how: Condition.Containment =
            name == "contains" ? .contains : name == "containedBy" ? .containedBy : .overlaps
        if operand.path.isEmpty, let element = type.element {
            try refuseIncomparableList(operand, model, name)
            let list: JSONValue =
                json.listElements.map(JSONValue.array) ?? (json == .null ? .array([]) : .array([json]))
            if list.elements?.count ?? 0 > limits.listLength {
                throw error(
                    .filterTooLarge, "\"\(name)\" has more than \(limits.listLength) values. Ask in steps.",
                    model: model,
                    property: property.name, operator: name)
            }
            guard json != .null, let contents = ValueReader.contents(list, type, property.kind) else {
                throw invalid(model, property, name, "a list of values, each \(ValueReader.expectation(element))")
            }
            return .containment(operand, how, BoundValue(type, contents))
        }
        if operand.path.isEmpty, type.category == .other, type.operation(how) != nil {
            guard json != .null,
                let contents = how == .contains
                    ? ValueReader.contained(json, type, property.kind)
                    : ValueReader.contents(json, type, property.kind)
            else { throw invalid(model, property, name, ValueReader.expectation(type)) }
            return .containment(operand, how, BoundValue(type, contents))
        }
        let isDocument = type.isJSON
        if isDocument, name == "contains" {
            let isText = json.text != nil && !operand.path.isEmpty
            if !isText {
                guard json != .null, let contents = ValueReader.contents(json, .jsonb, .any) else {
                    throw invalid(model, property, name, "JSON other than null, without the character NUL")
                }
                return .containment(operand, .contains, BoundValue(.jsonb, contents))
            }
        }
        guard name == "contains", !isDocument || !operand.path.isEmpty else {
            throw invalid(model, property, name, "an array column; this one is \(type.name)")
        }
        return .pattern(operand, .like, try part(json, operand, model, name, before: "%", after: "%"))
    }

    // MARK: Full text

    private static let languages: Set<String> = [
        "simple", "arabic", "armenian", "basque", "catalan", "danish", "dutch", "english", "finnish", "french",
        "german",
        "greek", "hindi", "hungarian", "indonesian", "irish", "italian", "lithuanian", "nepali", "norwegian",
        "portuguese", "romanian", "russian", "serbian", "spanish", "swedish", "tamil", "turkish", "yiddish",
    ]

    /// `"fat & rat"`, or `{"query": "fat rat", "syntax": "plain", "language": "english"}`.
    func textSearch(
        _ json: JSONValue, _ operand: Condition.Operand, _ model: Model
    ) throws(PlannerError) -> Condition.TextSearch {
        let property = model.properties[operand.property]
        var syntax = Condition.TextSearch.Syntax.query
        var language: String?
        var query = json
        if case .object(let members) = json {
            query = .null
            for member in members {
                switch (member.key, member.value) {
                case ("query", _): query = member.value
                case ("language", .string(let name)):
                    let known = schema.catalog?.textSearchConfigurations.map { Set($0) } ?? Self.languages
                    guard known.contains(name) else {
                        throw invalid(
                            model, property, "match", "a text search configuration of the database, not \"\(name)\"")
                    }
                    language = name
                case ("language", .null), ("syntax", .null): break
                case ("syntax", .string("query")): syntax = .query
                case ("syntax", .string("plain")): syntax = .plain
                case ("syntax", .string("phrase")): syntax = .phrase
                case ("syntax", .string("web")): syntax = .web
                default:
                    throw invalid(
                        model, property, "match",
                        "a query or {query, language, syntax}, syntax being query, plain, phrase or web")
                }
            }
        }
        guard case .string(let text) = query, !text.utf8.contains(0) else {
            throw invalid(model, property, "match", "a string")
        }
        if let problem = TextSearchText.problem(text, syntax) { throw invalid(model, property, "match", problem) }
        return Condition.TextSearch(BoundValue(.text, .text(text)), syntax: syntax, language: language)
    }

    // MARK: Points

    /// Radii of the earth in the units LoopBack's GeoPoint knows.
    private static let earthRadii: [String: Double] = [
        "kilometers": 6_370.990_56, "meters": 6_370_990.56, "miles": 3_958.75, "feet": 20_902_200, "radians": 1,
        "degrees": 180 / Double.pi,
    ]

    /// `{"near": {"lat", "lng"}, "maxDistance": 5, "unit": "kilometers"}`.
    func near(
        _ json: JSONValue, _ members: [JSONValue.Member], _ operand: Condition.Operand, _ model: Model
    ) throws(PlannerError) -> Condition {
        let property = model.properties[operand.property]
        guard property.columnType.category == .point, operand.path.isEmpty else {
            throw invalid(model, property, "near", "a column of type point; this one is \(property.columnType.name)")
        }
        guard json != .null else { throw invalid(model, property, "near", ValueReader.expectation(.point)) }
        var nearness = Condition.Nearness(try bind(json, property, model, "near"))
        let unit = members["unit"]?.text ?? "miles"
        guard let radius = Self.earthRadii[unit] else {
            throw invalid(model, property, "unit", "one of \(Self.earthRadii.keys.sorted().joined(separator: ", "))")
        }
        func distance(_ name: String) throws(PlannerError) -> BoundValue? {
            guard let json = members[name], json != .null else { return nil }
            guard case .double(let value) = ValueReader.contents(json, .float8, .number), value.isFinite, value >= 0
            else {
                throw invalid(model, property, name, "a distance of at least 0")
            }
            return BoundValue(.float8, .double(value / radius * Condition.Nearness.earthRadius))
        }
        nearness.minimum = try distance("minDistance")
        nearness.maximum = try distance("maxDistance")
        return .near(operand, nearness)
    }
}

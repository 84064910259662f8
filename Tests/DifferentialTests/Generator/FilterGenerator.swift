// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import RelationPlanner
import TestSupport

/// Makes random filters that mean something on the world's data; a few of them are wrong on purpose.
struct FilterGenerator {
    var random: SeededRandom
    private let world: World

    init(_ world: World, seed: UInt64) {
        self.world = world
        random = SeededRandom(seed)
    }

    /// A model and a filter of it.
    mutating func filter() -> (model: String, filter: JSONValue) {
        let model = random.pick(["Thing", "Thing", "Thing", "Thing", "Owner", "Part", "Tag"])
        guard let table = world.tables[model] else { return (model, [:]) }
        var members: [JSONValue.Member] = []
        if !random.once(in: 8) { members.append(.init("where", condition(table.spec, depth: 0))) }
        if random.once(in: 8) {
            members += distinct(table.spec)
        } else {
            let terms = random.once(in: 2) ? order(table.spec) : []
            if !terms.isEmpty { members.append(.init("order", orderJSON(terms))) }
            // Few columns make short answers: what is shown is no harder to get right than which rows.
            members.append(.init("fields", random.once(in: 4) ? .null : fields(table.spec)))
            if random.once(in: 5), let row = table.rows.randomElement(using: &random) {
                members.append(.init(random.pick(["after", "before"]), place(terms, row, table.spec)))
            }
        }
        if random.once(in: 3) {
            members.append(.init("limit", random.pick([1, 2, 5, 20, 0, "3", .null, 1000, -1, 1.5], 1)))
        }
        if random.once(in: 5) { members.append(.init("skip", random.pick([0, 1, 3, "2", 500], 0))) }
        if random.once(in: 8) { members.append(.init("page", true)) }
        return (model, .object(members))
    }

    // MARK: Conditions

    mutating func condition(_ spec: TableSpec, depth: Int) -> JSONValue {
        .object((0..<random.pick([0, 1, 1, 1, 1, 2, 2, 3], 1)).map { _ in member(spec, depth: depth) }.withoutRepeats)
    }

    private mutating func member(_ spec: TableSpec, depth: Int) -> JSONValue.Member {
        if depth < 4, random.once(in: 3) {
            let word = random.pick(["and", "or", "nor", "not"])
            if word == "not" { return .init(word, condition(spec, depth: depth + 1)) }
            let count = random.pick([1, 2, 2, 3, 0], 2)
            return .init(word, .array((0..<count).map { _ in condition(spec, depth: depth + 1) }))
        }
        if depth < 3, random.once(in: 5), let relation = spec.relations.randomElement(using: &random),
            let target = world.tables[relation.target]
        {
            let word = random.pick(relation.isToMany ? ["some", "every", "none"] : ["is", "isNot"])
            let isNull = !relation.isToMany && random.once(in: 5)
            return .init(
                relation.name, .object([.init(word, isNull ? .null : condition(target.spec, depth: depth + 2))]))
        }
        // There are as many rules for places inside JSON as for all columns together.
        let documents = random.once(in: 3) ? spec.columns.filter { $0.kind == .jsonb } : []
        guard let column = (documents.isEmpty ? spec.columns : documents).randomElement(using: &random) else {
            return .init("id", 1)
        }
        if random.once(in: 150) { return .init("nothing", 1) }
        if column.isHidden, !random.once(in: 10) { return member(spec, depth: depth) }
        if column.kind == .jsonb, !random.once(in: 5) {
            let path = random.pick([
                "a", "a", "s", "s", "b", "b.c", "list", "list.0", "list.1", "list.-1", "0", "2.a", "none", "list.0.x",
                "",
            ])
            return .init(column.name + "." + path, operators(column, spec, isPath: true))
        }
        return .init(column.name, operators(column, spec, isPath: false))
    }

    private mutating func operators(_ column: TableSpec.Column, _ spec: TableSpec, isPath: Bool) -> JSONValue {
        if random.once(in: 5) {
            let value = operand(column, spec, isPath: isPath)
            if case .object(let members) = value, column.kind == .jsonb || members.isEmpty { return ["eq": value] }
            return value
        }
        let members = (0..<random.pick([1, 1, 1, 2], 1)).map { _ in operation(column, spec, isPath: isPath) }
        return .object(members.flatMap { $0 }.withoutRepeats)
    }

    private mutating func operation(
        _ column: TableSpec.Column, _ spec: TableSpec, isPath: Bool
    ) -> [JSONValue.Member] {
        let ordered = ["gt", "gte", "lt", "lte", "between"]
        let patterns = ["like", "nlike", "ilike", "nilike", "startsWith", "endsWith", "regexp"]
        var names = ["eq", "neq", "inq", "nin", "exists", "not"]
        switch column.kind {
        case .jsonb:
            names += isPath ? ordered + patterns + ["contains", "contains"] : ["contains", "contains", "like"]
        case .point: names += ["near", "near", "near"]
        case .list: names += ordered.dropLast() + ["contains", "containedBy", "containsAnyOf", "contains", "like"]
        case .text: names += ordered + patterns + patterns + ["contains"]
        default: names += ordered + ordered + ["like", "startsWith", "contains", "regexp"]
        }
        let name = random.once(in: 200) ? "equals" : random.pick(names)
        switch name {
        case "exists": return [.init(name, random.pick([true, false, "true", "0"], true))]
        case "not": return [.init(name, operators(column, spec, isPath: isPath))]
        case "near": return near(column, spec)
        case "inq", "nin":
            return [
                .init(name, .array((0..<random.number(0...4)).map { _ in operand(column, spec, isPath: isPath) }))
            ]
        case "between":
            let bounds = [operand(column, spec, isPath: isPath), operand(column, spec, isPath: isPath)]
            return [.init(name, .array(bounds))]
        case "contains", "containedBy", "containsAnyOf": return [.init(name, contained(column, spec, isPath: isPath))]
        case _ where patterns.contains(name): return [.init(name, .string(pattern(name)))]
        default:
            if !isPath, random.once(in: 6), let other = comparable(column, spec) {
                return [.init(name, ["column": .string(other)])]
            }
            return [.init(name, operand(column, spec, isPath: isPath))]
        }
    }

    private mutating func comparable(_ column: TableSpec.Column, _ spec: TableSpec) -> String? {
        let numbers: [TableSpec.Kind] = [.int2, .int4, .int8, .numeric, .float8]
        let dates: [TableSpec.Kind] = [.timestamptz, .date]
        let others = spec.columns.filter { other in
            other.kind == column.kind || numbers.contains(other.kind) && numbers.contains(column.kind)
                || dates.contains(other.kind) && dates.contains(column.kind)
        }
        return column.kind == .jsonb ? nil : others.randomElement(using: &random)?.name
    }

    // MARK: Values

    /// A value for a column: mostly one that is there.
    private mutating func operand(_ column: TableSpec.Column, _ spec: TableSpec, isPath: Bool) -> JSONValue {
        if random.once(in: 12) { return .null }
        if isPath {
            return random.pick(
                [
                    1, 1.5, "1", "x", true, "true", -2, [1], [], ["x"], .object([.init("c", true)]), "É%_", 3, "😀", "",
                    .number("12345678901234567890"), .number("1.500"), .object([.init("x", 1)]), false,
                ], 1)
        }
        if random.once(in: 80) {
            return random.pick(["abc", 1.5, true, [1], .number("99999999999999999999"), "2024-13-01", "a\u{0}b"], 1)
        }
        guard let at = spec.position(of: column.name), let rows = world.tables[spec.model]?.rows,
            let json = rows.randomElement(using: &random)?.cells[at].json
        else { return 1 }
        switch json {
        // Numbers may be strings (K3), and texts numbers.
        case .number(let digits): return random.once(in: 6) ? .string(digits) : json
        case .string("5"), .string("-1.5"): return random.once(in: 2) ? .number(json.text ?? "5") : json
        case .string(let text) where column.kind == .uuid:
            return random.once(in: 4) ? .string(text.uppercased()) : json
        case .string where column.kind == .timestamptz || column.kind == .date:
            return random.pick(
                [
                    json, json, json, "2024-02-29T23:59:59.999999Z", "2024-01-01", "2024-02-29T01:30:00+02:00",
                    1_704_067_200_000, 0, -500,
                ], json)
        default: return json
        }
    }

    private mutating func contained(_ column: TableSpec.Column, _ spec: TableSpec, isPath: Bool) -> JSONValue {
        switch column.kind {
        case .jsonb:
            return random.pick(
                [
                    1, "x", "a", [1], ["x", 1], .object([.init("c", true)]), .object([.init("a", 1)]), [], "%", true,
                    .object([.init("b", .object([.init("c", true)]))]), [.object([.init("a", 1)])], 5,
                ], 1)
        case .list(let element):
            let values: [JSONValue] = element == .text ? ["a", "b", "é", "", "a,b", .null] : [1, 2, 3, "1", .null]
            if random.once(in: 4) { return random.pick(values.dropLast(), 1) }
            return .array((0..<random.number(0...3)).map { _ in random.pick(values, 1) })
        default: return .string(random.pick(["a", "", "%", "_", "\\", "1", "é", "O'", "-", ":"]))
        }
    }

    private mutating func pattern(_ name: String) -> String {
        if name == "regexp" {
            let atoms = [
                "a", "b", "é", "É", ".", "[a-c]", "[^a]", "(a|b)", "\\.", "\\$", "1", "日", "O'N", "\"", "\\\\", "%",
            ]
            var text = random.once(in: 3) ? "^" : ""
            for _ in 0..<random.number(1...3) { text += random.pick(atoms) + random.pick(["", "", "*", "+", "?"]) }
            if random.once(in: 3) { text += "$" }
            if random.once(in: 40) { text += random.pick(["(", "["]) }
            return random.once(in: 3) ? "/" + text + "/" + random.pick(["i", "", "gi"]) : text
        }
        if name.hasSuffix("With") {
            return random.pick(["a", "", "%", "_", "\\", "O'", "é", "E", "1", "日本", "😀", "{"])
        }
        let parts = ["%", "%", "_", "a", "B", "é", "É", "\\%", "\\_", "\\\\", "ü", "Ü", "1", "日", "😀", "'", "z", "-"]
        let text = (0..<random.number(1...4)).map { _ in random.pick(parts) }.joined()
        return random.once(in: 60) ? text + "\\" : text
    }

    private mutating func near(_ column: TableSpec.Column, _ spec: TableSpec) -> [JSONValue.Member] {
        let centers: [JSONValue] = [
            ["lat": 52.52, "lng": 13.41], "0,0", [48.8567, 2.3522], ["lat": "-33.8688", "lng": 151.2093],
            ["lat": 90, "lng": -180],
        ]
        var members: [JSONValue.Member] = [.init("near", random.pick(centers, "0,0"))]
        let units = ["miles", "kilometers", "meters", "feet", "radians", "degrees"]
        let unit = random.pick(units)
        let scale = [
            "miles": 1.0, "kilometers": 1.6, "meters": 1609, "feet": 5280, "radians": 0.00025, "degrees": 0.0145,
        ]
        let distance = Double(random.number(1...8000)) * 1.0137 * (scale[unit] ?? 1)
        if random.once(in: 2) { members.append(.init("maxDistance", JSONValue(distance))) }
        if random.once(in: 4) { members.append(.init("minDistance", JSONValue(distance / 3))) }
        if unit != "miles" || random.once(in: 2) { members.append(.init("unit", .string(unit))) }
        return members
    }
}

extension [JSONValue.Member] {
    /// Each key once, as JSON has it.
    var withoutRepeats: Self {
        var kept: Self = []
        for member in self where !kept.contains(where: { $0.key == member.key }) { kept.append(member) }
        return kept
    }
}

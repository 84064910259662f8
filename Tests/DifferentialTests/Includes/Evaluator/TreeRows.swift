// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Foundation
import RelationPlanner

/// All rows of a world's tables, and what they hold equal.
final class TreeRows {
    /// A row of a table by its position.
    typealias Row = Int

    private(set) var rows: [[[JSONValue]]]
    /// The records of models without a table as they are written.
    private(set) var records: [Int: [JSONValue]] = [:]
    /// The records that stand in a row's column, by their model's rows; by model and column.
    private(set) var places: [[Int]: [Row: [Row]]] = [:]
    let world: TreeWorld
    private var indexes: [String: [String: [Row]]] = [:]
    /// What relations lead to, by their names, which are unique in a world, and the rows they start from.
    var known: [String: [Row: [Row]]] = [:]
    /// In which order the first row is the one that a to-one relation shows, by the relation's name.
    var choices: [String: [TreeAsk.Term]] = [:]
    /// What rows are ordered by, where it isn't their own, by the names of terms.
    var values: [String: [Row: JSONValue]] = [:]

    /// - Parameter contents: what the statement ``TreeWorld/contents`` gives.
    init(_ world: TreeWorld, contents: JSONValue) throws {
        self.world = world
        rows = try world.models.map { model in
            try (contents[model.name]?.elements ?? []).map { row in
                try zip(model.columns, row.elements ?? []).map { column, value in
                    // Lists that are kept as text are lists all the same.
                    guard column.list == .text, let text = value.text else { return value }
                    return text.isEmpty ? .null : try JSONValue(parsing: text)
                }
            }
        }
        for (model, table) in rows.enumerated() {
            for (position, column) in world.models[model].columns.enumerated() {
                guard let part = column.embedded else { continue }
                for (row, values) in table.enumerated() {
                    place(values[position], of: part, at: [model, position], row)
                }
            }
        }
    }

    /// Makes rows of the records in a cell.
    private func place(_ cell: JSONValue, of part: Int, at place: [Int], _ row: Row) {
        for record in cell.elements ?? (cell.members == nil ? [] : [cell]) where record != .null {
            places[place, default: [:]][row, default: []].append(rows[part].count)
            rows[part].append(world.models[part].columns.map { record[$0.name] ?? .null })
            records[part, default: []].append(record)
        }
    }

    func values(_ model: Int, _ row: Row, _ columns: [Int]) -> [JSONValue] { columns.map { rows[model][row][$0] } }

    /// The rows whose columns equal those of another row; none where a part is NULL.
    func rows(of model: Int, _ columns: [Int], equalTo row: Row, of other: Int, _ otherColumns: [Int]) -> [Row] {
        // Values of types that have no equality are compared as they are written.
        let areWritten = zip(columns, otherColumns).map { own, other_ in
            !world.models[model].columns[own].type.isComparable(to: world.models[other].columns[other_].type)
        }
        guard let key = Self.key(values(other, row, otherColumns), areWritten) else { return [] }
        let name = "\(model) \(columns) \(areWritten)"
        if indexes[name] == nil {
            var index: [String: [Row]] = [:]
            for row in rows[model].indices {
                if let key = Self.key(values(model, row, columns), areWritten) { index[key, default: []].append(row) }
            }
            indexes[name] = index
        }
        return indexes[name]?[key] ?? []
    }

    private static func key(_ values: [JSONValue], _ areWritten: [Bool]) -> String? {
        var key = ""
        for (value, isWritten) in zip(values, areWritten) {
            switch value {
            case .null: return nil
            case .number(let text): key += isWritten ? text : plain(text)
            case .string(let text): key += text
            default: key += "\(value)"
            }
            key += "\u{1}"
        }
        return key
    }

    /// A number without the zeros that don't count.
    static func plain(_ number: String) -> String {
        guard number.contains(".") else { return number == "-0" ? "0" : number }
        var text = number[...]
        while text.last == "0" { text.removeLast() }
        if text.last == "." { text.removeLast() }
        return text == "-0" ? "0" : String(text)
    }

    // MARK: Comparing

    /// Less than 0, 0 or more than 0; neither is NULL.
    static func compare(_ one: JSONValue, _ other: JSONValue) -> Int {
        switch (one, other) {
        case (.number(let one), .number(let other)):
            let (left, right) = (Decimal(string: one) ?? 0, Decimal(string: other) ?? 0)
            return left < right ? -1 : left > right ? 1 : 0
        case (.string(let one), .string(let other)): return Collation.order(one, other)
        case (.bool(let one), .bool(let other)): return (one ? 1 : 0) - (other ? 1 : 0)
        default: return "\(one)" < "\(other)" ? -1 : 1
        }
    }

    /// How two values stand in an order.
    static func compare(_ one: JSONValue, _ other: JSONValue, by term: TreeAsk.Term) -> Int {
        let nullsFirst = term.nullsFirst ?? term.isDescending
        switch (one, other) {
        case (.null, .null): return 0
        case (.null, _): return nullsFirst ? -1 : 1
        case (_, .null): return nullsFirst ? 1 : -1
        default: return term.isDescending ? -compare(one, other) : compare(one, other)
        }
    }
}

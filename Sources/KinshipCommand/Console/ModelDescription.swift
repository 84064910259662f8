// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Kinship
import MessageText

/// What a model is like, for people.
enum ModelDescription {
    /// The models, a line for each.
    static func list(_ schema: Schema, _ style: Style) -> String {
        let models = schema.models.sorted { $0.name < $1.name }
        return columns(
            models.map { model in
                [
                    model.name, model.isPersisted ? "\(model.tableSchema).\(model.table)" : "no table",
                    counted(model.relations.count { !$0.isHidden }, "relation"),
                ]
            }, style)
    }

    /// A model's properties, relations and scopes.
    static func text(of name: String, in schema: Schema, _ style: Style) -> String {
        guard let model = schema.model(name) else { return "" }
        var text = style(MessageText.escaped(model.name), .bold)
        text +=
            model.isPersisted ? " (\(MessageText.escaped("\(model.tableSchema).\(model.table)")))\n" : " (no table)\n"
        text += columns(
            model.properties.map { property in
                let facts = [
                    model.primaryKey.contains(property.id) ? "key" : nil, property.isGenerated ? "generated" : nil,
                    property.isRequired ? "required" : nil, property.isHidden ? "hidden" : nil,
                    property.isProtected ? "protected" : nil,
                ]
                return [
                    "  " + property.name, property.columnType.name, facts.compactMap { $0 }.joined(separator: ", "),
                ]
            }, style)
        if !model.relations.isEmpty {
            text += style("relations", .bold) + "\n"
            text += columns(
                model.relations.map { relation in
                    let target = relation.target.map { schema[$0].name }
                    return ["  " + relation.name, relation.kind.rawValue, target ?? "by its type"]
                }, style)
        }
        let scopes = model.definition.scopes.map(\.key) + model.definition.scopeFunctions.keys.sorted()
        if !scopes.isEmpty {
            text += style("scopes", .bold) + "\n  " + scopes.map(MessageText.escaped).joined(separator: ", ") + "\n"
        }
        return text
    }

    private static func counted(_ number: Int, _ word: String) -> String {
        number == 1 ? "1 \(word)" : "\(number) \(word)s"
    }

    /// Rows of words below each other.
    private static func columns(_ rows: [[String]], _ style: Style) -> String {
        let rows = rows.map { $0.map(MessageText.escaped) }
        let count = rows.map(\.count).max() ?? 0
        let widths = (0..<count).map { column in rows.map { TextWidth.columns(of: $0[column]) }.max() ?? 0 }
        return rows.map { row in
            var line = ""
            for (column, word) in row.enumerated() {
                let space = String(repeating: " ", count: widths[column] - TextWidth.columns(of: word) + 2)
                line += (column == 0 ? word : style(word, .dim)) + (column == row.count - 1 ? "" : space)
            }
            while line.last == " " { line.removeLast() }
            return line + "\n"
        }.joined()
    }
}

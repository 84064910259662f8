// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Kinship
import MessageText
import RelationPlanner

/// The properties that a change of model files adds: what the database would refuse of them is told before anything is written.
struct AddedProperties {
    private let new: Schema
    /// The properties that were there, by model.
    private let former: [String: Set<String>]

    /// What `new` has and `old` hasn't.
    init(from old: Schema, to new: Schema) {
        self.new = new
        former = Dictionary(
            old.models.map { ($0.name, Set($0.properties.map(\.name))) }, uniquingKeysWith: { one, _ in one })
    }

    /// - Throws: ``GeneratorError``: two properties would be kept in one column, or a property has what none of its type can have.
    func check() throws(GeneratorError) {
        try requireOwnColumns()
        for model in new.models where model.isPersisted {
            for property in model.properties where !property.isImplied && isAdded(property, to: model) {
                try check(property, of: model)
            }
        }
    }

    private func isAdded(_ property: Property, to model: Model) -> Bool {
        !(former[model.name]?.contains(property.name) ?? false)
    }

    /// No change has two properties kept in one column: what is written to both is refused by the database.
    private func requireOwnColumns() throws(GeneratorError) {
        for (model, properties) in new.sharedColumns {
            guard let added = properties.last(where: { isAdded($0, to: model) }),
                let other = properties.first(where: { $0.name != added.name })
            else { continue }
            throw GeneratorError(
                .nameTaken, "\(model.name).\(added.name)",
                "\(model.name).\(other.name) is kept in the column \"\(added.column)\" already.",
                remedy: "give another name or, where there is such a flag, another --column")
        }
    }

    // MARK: One property

    /// The columns that each table has of its own (https://www.postgresql.org/docs/current/ddl-system-columns.html).
    private static let systemColumns: Set<String> = ["ctid", "xmin", "xmax", "cmin", "cmax", "tableoid"]

    private func check(_ property: Property, of model: Model) throws(GeneratorError) {
        let definition = property.definition
        let place = "\(model.name).\(property.name)"
        guard !Self.systemColumns.contains(property.column) else {
            throw GeneratorError(
                .nameTaken, place, "Each table has a column \"\(property.column)\" of the database's own.",
                remedy: "give another name or, where there is such a flag, another --column")
        }
        if definition.isUnique || (definition.isIndexed && definition.indexMethod == nil),
            !property.columnType.isOrdered
        {
            throw GeneratorError(
                .invalidFlag, place,
                "Values of the type \(property.columnType.name) have no order to make an index of.",
                remedy: "leave --unique and --index out")
        }
        guard let value = definition.defaultValue, value != .null else { return }
        guard definition.defaultFunction == nil else {
            throw GeneratorError(
                .invalidFlag, place, "It has a default and a function that makes one.",
                remedy: "give --default or --default-fn")
        }
        if property.columnType.isJSON || isTimeOfWriting(value, property) { return }
        guard ValueReader.value(value, property.columnType, definition.kind) == nil else { return }
        throw GeneratorError(
            .invalidFlag, place,
            "The default \(value.description) is no value of the type \(property.columnType.name).",
            remedy: "give --default as records have it")
    }

    /// `now` of dates is when a record is made.
    private func isTimeOfWriting(_ value: JSONValue, _ property: Property) -> Bool {
        property.columnType.kind == .date && ["now", "$now"].contains(value.text?.lowercased() ?? "")
    }
}

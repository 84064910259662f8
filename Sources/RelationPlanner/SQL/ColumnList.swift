// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

/// The columns one statement selects: each property once, those to show first, keys, link columns and joined ones after.
struct ColumnList {
    /// What is selected of a column.
    enum Form: Hashable {
        case value
        /// The text of the value: of what is matched by its text, here or on the server.
        case text
    }

    /// One selected column.
    struct Selected: Hashable {
        /// `t`, `l`, or the alias of a joined model.
        let alias: String
        let model: Model.ID
        let property: Property.ID
        let column: String
        let type: ColumnType
        let form: Form
        /// The name in the result: the column's own for the model itself, and one that clashes with none for others.
        let output: String
        /// Set for what is no column: what a term orders by.
        var term: OrderTerm?
    }

    private(set) var selected: [Selected] = []
    /// What of the model itself is shown.
    private(set) var shown: [Node.Shown] = []

    /// The properties a filter shows: its `fields`, or all that are not hidden (K5).
    init(showing fields: [Property.ID]?, of model: Model) {
        shown = show(fields, of: model, alias: RowSource.alias)
    }

    /// No columns yet.
    init() {}

    /// Adds what a filter shows of a model that goes by an alias.
    mutating func show(_ fields: [Property.ID]?, of model: Model, alias: String) -> [Node.Shown] {
        Self.visible(fields, of: model).map {
            Node.Shown(column: position(of: $0, in: model, alias: alias), property: $0)
        }
    }

    /// The properties to show: those asked for, or all, without the hidden ones (K5).
    static func visible(_ fields: [Property.ID]?, of model: Model) -> [Property.ID] {
        (fields ?? Array(model.properties.indices)).filter { !model.properties[$0].isHidden }
    }

    /// The position of a property, added behind the others when it was not asked for (D14).
    mutating func position(
        of property: Property.ID, in model: Model, alias: String = RowSource.alias, as form: Form = .value
    ) -> Int {
        if let position = selected.firstIndex(where: {
            $0.property == property && $0.alias == alias && $0.form == form && $0.term == nil
        }) {
            return position
        }
        let definition = model.properties[property]
        let madeUp = "kinship_\(alias)_\(property)" + (form == .text ? "_text" : "")
        var output = alias == RowSource.alias && form == .value ? definition.column : madeUp
        // Two properties of one column.
        if selected.contains(where: { $0.output == output }) { output = madeUp }
        selected.append(
            Selected(
                alias: alias, model: model.id, property: property, column: definition.column,
                type: definition.columnType, form: form, output: output))
        return selected.count - 1
    }

    /// The position of what a term orders by, added behind the others.
    mutating func position(of term: OrderTerm, as type: ColumnType, in model: Model) -> Int {
        var output = "kinship_order_\(selected.count)"
        while selected.contains(where: { $0.output == output }) { output += "_" }
        selected.append(
            Selected(
                alias: RowSource.alias, model: model.id, property: term.operand.property, column: "", type: type,
                form: .value, output: output, term: term))
        return selected.count - 1
    }

    /// What the result's columns hold.
    var resultColumns: [Fetch.Column] {
        selected.map { column in
            Fetch.Column(
                column.model, property: column.term == nil ? column.property : nil,
                type: column.form == .text ? .text : column.type.readType, output: column.output, alias: column.alias)
        }
    }

    /// Appends the columns with their aliases; `named` when an outer statement has to find them by name.
    func append(named: Bool, _ order: OrderWriter? = nil, to sql: inout SQLText) throws(PlannerError) {
        // A record can have nothing to show and join by nothing: its row still has to come back.
        if selected.isEmpty { sql.append("NULL") }
        var isFirst = true
        for column in selected {
            sql.append(separator: ", ", isFirst: &isFirst)
            if let term = column.term, let order {
                try order.writeKey(term, to: &sql)
                sql.append("::" + column.type.readType.castName + " AS ")
                sql.append(identifier: column.output)
                continue
            }
            let own = column.alias + "." + quoted(column.column)
            let reading = column.form == .text ? column.type.text(own) : column.type.reading(own)
            sql.append(reading)
            if named, reading != own || column.output != column.column {
                sql.append(" AS ")
                sql.append(identifier: column.output)
            }
        }
    }

    /// What leaves each combination once: equal values, not texts, where values are selected as their texts.
    var distinct: String {
        let selected = selected.filter { $0.term == nil }
        let operands = selected.map { $0.type.operand($0.alias + "." + quoted($0.column)) }
        let isPlain = zip(selected, operands).allSatisfy { column, operand in
            column.type.reading(column.alias + "." + quoted(column.column)) == operand && !column.type.isBehindDomain
        }
        return isPlain ? "DISTINCT" : "DISTINCT ON (\(operands.joined(separator: ", ")))"
    }

    /// Appends the columns of a sub-select that goes by `t`.
    func appendOuter(to sql: inout SQLText) {
        if selected.isEmpty { sql.append("NULL") }
        var isFirst = true
        for column in selected {
            sql.append(separator: ", ", isFirst: &isFirst)
            sql.append(column: column.output, of: RowSource.alias)
        }
    }
}

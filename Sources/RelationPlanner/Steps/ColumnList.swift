// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

/// The columns one statement selects, in order, each once.
struct ColumnList: Sendable, Hashable {
    /// One selected column.
    struct Selected: Sendable, Hashable {
        /// `t`, `l`, or the alias of a joined model.
        let alias: String
        let model: Model.ID
        let property: Property.ID
        let column: String
        let type: ColumnType
        let form: ColumnType.Form
        /// The name in the result: the column's own for the model itself, and one that clashes with none for others.
        let output: String
        /// Set for what is no column: what a term orders by.
        var term: OrderTerm?
    }

    private(set) var selected: [Selected] = []

    /// No columns yet.
    init() {}

    /// The columns of a step's uses.
    init(_ uses: [ColumnUse], of source: RowSource, in schema: Schema) {
        selected.reserveCapacity(uses.reduce(0) { $0 + $1.columns.count })
        for use in uses {
            for column in use.columns where position(of: column) == nil { append(column, of: source, in: schema) }
        }
    }

    /// The properties to show: those asked for, or all, without the hidden ones (K5).
    static func visible(_ fields: [Property.ID]?, of model: Model) -> [Property.ID] {
        (fields ?? model.properties.map(\.id)).filter { !model.properties[$0].isHidden }
    }

    /// The position of a column.
    func position(of column: StepColumn) -> Int? {
        switch column {
        case .property(let property, let alias, let form):
            selected.firstIndex {
                $0.property == property && $0.form == form && $0.term == nil && $0.alias == alias
            }
        case .term(let term, _): selected.firstIndex { $0.term == term }
        case .position(let position): position
        }
    }

    private mutating func append(_ column: StepColumn, of source: RowSource, in schema: Schema) {
        switch column {
        case .property(let property, let alias, let form):
            let model = source.model(of: alias)
            let name = schema.models[model].properties[property].column
            var output = name
            if alias != RowSource.alias || form == .text || selected.contains(where: { $0.output == output }) {
                // Also for two properties of one column.
                output = "kinship_\(alias)_\(property.index)" + (form == .text ? "_text" : "")
            }
            selected.append(
                Selected(
                    alias: alias, model: model, property: property, column: name,
                    type: schema.models[model].properties[property].columnType, form: form, output: output))
        case .term(let term, let type):
            var output = "kinship_order_\(selected.count)"
            while selected.contains(where: { $0.output == output }) { output += "_" }
            selected.append(
                Selected(
                    alias: RowSource.alias, model: source.model, property: term.operand.property, column: "",
                    type: type, form: .value, output: output, term: term))
        case .position: break
        }
    }

    /// What the result's columns hold.
    var resultColumns: [Fetch.Column] {
        selected.map { column in
            Fetch.Column(
                column.model, property: column.term == nil ? column.property : nil,
                type: column.form == .text ? .text : column.type.readType, output: column.output, alias: column.alias)
        }
    }
}

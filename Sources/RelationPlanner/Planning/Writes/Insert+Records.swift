// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

extension Insert {
    /// The making of records, each as its data have it: of several by lists, so that one statement serves any number.
    ///
    /// What only some of them have a value for is made by the database for the others, where it makes one.
    package init(_ records: [RecordData], of model: Model, in schema: Schema) {
        guard records.count != 1 else {
            self.init(records[0].cells)
            return
        }
        var properties: [Property.ID] = []
        for record in records {
            for assignment in record.assignments where !properties.contains(assignment.property) {
                properties.append(assignment.property)
            }
        }
        self.init([])
        for property in properties.sorted() { add(property, of: records, model, schema) }
        if lists.isEmpty { addPlaces(records.count, model, schema) }
    }

    /// The same of records that are there property by property.
    package init(_ records: RecordColumns, of model: Model, in schema: Schema) {
        self.init([])
        for column in records.columns {
            let property = model.properties[column.property]
            guard records.count != 1 else {
                cells.append(Cell(property.id, .value(BoundValue(property.columnType, column.contents[0]))))
                continue
            }
            lists.append(ValueList(type: property.columnType, contents: column.contents))
            guard !column.missing.isEmpty, schema.filling(of: property, in: model).isDefault else {
                cells.append(Cell(property.id, .list(lists.count - 1)))
                continue
            }
            var isGiven = Array(repeating: BoundValue.Contents.bool(true), count: records.count)
            for position in column.missing { isGiven[position] = .bool(false) }
            lists.append(ValueList(type: .bool, contents: isGiven))
            cells.append(Cell(property.id, .listOrDefault(lists.count - 2, given: lists.count - 1)))
        }
        if lists.isEmpty, records.count != 1 { addPlaces(records.count, model, schema) }
    }

    /// Rows without any value of their own are made of their places.
    private mutating func addPlaces(_ count: Int, _ model: Model, _ schema: Schema) {
        func list(_ type: ColumnType, _ contents: BoundValue.Contents) -> ValueList {
            ValueList(type: type, contents: Array(repeating: contents, count: count))
        }
        lists.append(list(.bool, .bool(true)))
        if let property = model.properties.first(where: { schema.filling(of: $0, in: model).isDefault }) {
            lists.append(list(property.columnType, .null))
            lists.append(list(.bool, .bool(false)))
            cells.append(Cell(property.id, .listOrDefault(1, given: 2)))
        } else if let property = model.properties.first {
            lists.append(list(property.columnType, .null))
            cells.append(Cell(property.id, .list(1)))
        }
    }

    private mutating func add(_ id: Property.ID, of records: [RecordData], _ model: Model, _ schema: Schema) {
        let property = model.properties[id]
        let contents = records.map { record -> BoundValue.Contents in
            if case .value(let value)? = record[id] { value.contents } else { .null }
        }
        let isGiven = records.map { record in
            if case .value? = record[id] { true } else { false }
        }
        lists.append(ValueList(type: property.columnType, contents: contents))
        let position = lists.count - 1
        guard isGiven.contains(false), schema.filling(of: property, in: model).isDefault else {
            return cells.append(Cell(id, .list(position)))
        }
        lists.append(ValueList(type: .bool, contents: isGiven.map { .bool($0) }))
        cells.append(Cell(id, .listOrDefault(position, given: position + 1)))
    }
}

extension Catalog.Column.Filling {
    /// Whether the database makes a value where none is given.
    var isDefault: Bool {
        switch self {
        case .none, .generated: false
        case .expression, .identity, .identityAlways: true
        }
    }
}

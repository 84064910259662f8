// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

/// The checked data of new records, property by property: what a statement takes of many is a list of each.
package struct RecordColumns: Sendable {
    /// What the records have of one property.
    package struct Column: Sendable {
        /// The property.
        package let property: Property.ID
        /// A value for each record, NULL for those without one.
        package var contents: [BoundValue.Contents]
        /// The positions of the records without one.
        package var missing: [Int]

        package init(_ property: Property.ID, _ contents: [BoundValue.Contents], missing: [Int] = []) {
            self.property = property
            self.contents = contents
            self.missing = missing
        }
    }

    /// How many records there are.
    package let count: Int
    /// By property, in the order of the model's; none that no record has a value of.
    package private(set) var columns: [Column]

    package init(count: Int, _ columns: [Column]) {
        self.count = count
        self.columns = columns.filter { $0.missing.count < count }
    }

    /// Gives all records one value of a property.
    package mutating func set(_ property: Property.ID, _ contents: BoundValue.Contents) {
        let column = Column(property, Array(repeating: contents, count: count))
        let place = columns.firstIndex { $0.property >= property } ?? columns.endIndex
        if place < columns.endIndex, columns[place].property == property {
            columns[place] = column
        } else {
            columns.insert(column, at: place)
        }
    }
}

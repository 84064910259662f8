// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

/// Which rows of a table a part of a change is about.
package struct RowMatch: Sendable, Hashable {
    /// Values that properties have.
    struct Key: Sendable, Hashable {
        let property: Property.ID
        var value: ChangeValue
        /// The name of a model that the property has in any case, instead of the value (D18).
        var typeName: String?
        /// Whether a NULL at the row's place of a list says nothing of the property.
        var isOptional = false

        init(_ property: Property.ID, _ value: ChangeValue) {
            self.property = property
            self.value = value
        }
    }

    /// Rows of an earlier part that are the same, or refer to it.
    struct Within: Sendable, Hashable {
        /// The part.
        let part: String
        /// Its model.
        let model: Model.ID
        /// Its properties and those they equal.
        let pairs: [RowSource.Pair]
        /// Whether there must be no such row.
        var isNegated = false
    }

    /// The row of an earlier part that stands beside it: the one with the value at the row's place of a list.
    struct Joined: Sendable, Hashable {
        /// The part.
        let part: String
        /// Its model, and the property.
        let model: Model.ID
        let property: Property.ID
        /// The list.
        let list: Int
    }

    /// Rows of another table that lead to it.
    struct Linked: Sendable, Hashable {
        /// The table of the links.
        let model: Model.ID
        /// Which links.
        var condition: Condition
        /// What their properties have.
        var keys: [Key]
        /// Properties of the link, and those of the row that they equal.
        let pairs: [RowSource.Pair]
    }

    /// How many rows an earlier part must have.
    package struct Counted: Sendable, Hashable {
        let part: String
        var count: BoundValue

        init(_ part: String, _ count: Int = 1) {
            self.part = part
            self.count = BoundValue(.int8, .integer(Int64(count)))
        }
    }

    /// A list of keys in which the key of an earlier part's row is, or is not.
    package struct Listing: Sendable, Hashable {
        /// The list.
        let property: Property.ID
        /// The part, and its key.
        let part: String
        let type: ColumnType
        let key: Property.ID
        /// Whether it must not be in the list.
        let isNegated: Bool
    }

    /// Records of an embedded list.
    package struct Items: Sendable, Hashable {
        /// The list.
        let property: Property.ID
        /// Which records.
        var match: ItemMatch
        /// Whether there must be none.
        let isNegated: Bool
    }

    /// A row whose list has the key of the row that is looked for.
    package struct Listed: Sendable, Hashable {
        /// The model of the list, and the list.
        let model: Model.ID
        let list: Property.ID
        /// Which row it is.
        var keys: [Key]
        /// What it has to meet.
        var condition: Condition
        /// The key that stands in the list.
        let key: Property.ID
    }

    /// What its properties have.
    var keys: [Key] = []
    /// What its properties have not, all of them.
    var except: [Key] = []
    /// Rows of earlier parts that stand beside it.
    var joined: [Joined] = []
    /// A condition on it.
    var condition = Condition.always
    /// Earlier parts that it is in.
    var within: [Within] = []
    /// How many rows an earlier part must have.
    var counted: Counted?
    /// The part that has to be done before: those of a statement are done in no order otherwise.
    var after: String?
    /// A list of keys that it has.
    var listing: Listing?
    /// Records of an embedded list that there must be, or must not be.
    var items: Items?
    /// A row of another table whose list has its key.
    var listed: Listed?
    /// Links that lead to it.
    var linked: Linked?
    /// Whether it is one of many, by the places of lists: `u` has their values.
    var lists: [ValueList] = []

    init(_ condition: Condition = .always) { self.condition = condition }

    init(keys: [Key], _ condition: Condition = .always) {
        self.keys = keys
        self.condition = condition
    }
}

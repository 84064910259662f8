// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

/// What a column is set to.
package indirect enum ChangeValue: Sendable, Hashable {
    /// A value.
    case value(BoundValue)
    /// The value at the row's place in a list.
    case list(Int)
    /// The value at the row's place in a list, what the database makes where another list says that there is none.
    case listOrDefault(Int, given: Int)
    /// What the database makes of itself.
    case byDefault
    /// The time of the transaction.
    case now
    /// A property of a row of an earlier part.
    case part(String, Model.ID, Property.ID)
    /// What an expression of the database's gives, for each row anew.
    case expression(String)
    /// What becomes of the value that is there.
    case computed(Computation)
    /// What the row that is referred to has, which is held; another value where there is none.
    case copied(Copied)

    /// What becomes of a value, evaluated on the server's newest version of the row: no change that came meanwhile is lost.
    package enum Computation: Sendable, Hashable {
        /// A number more.
        case sum(BoundValue)
        /// Elements behind those of a list.
        case appended(BoundValue)
        /// A list without elements.
        case without(BoundValue)
        /// A list of keys with those of an earlier part behind them.
        case keysAppended(part: String, ColumnType, Property.ID)
        /// A list of the keys of an earlier part and no others, in the order in which lists have the values of some of its properties.
        case keysSet(part: String, ColumnType, Property.ID, order: [KeyOrder])
        /// A list of keys without those of an earlier part.
        case keysWithout(part: String, ColumnType, Property.ID)
        /// A list of keys without one of them.
        case keysWithoutValue(BoundValue)
        /// A value at a place inside JSON, nil where there is to be none.
        case json(path: [String], BoundValue?)
        /// A list of embedded records with others behind them, or ahead of them; those without a key get the next number.
        case itemsAppended(BoundValue, key: String?, isFirst: Bool)
        /// A list of embedded records of which some are changed: the members of an object take the place of theirs.
        case itemsChanged(ItemMatch, BoundValue)
        /// A list of embedded records of which some are other ones: only their key stays.
        case itemsReplaced(ItemMatch, BoundValue, key: String?)
        /// A list of embedded records without some.
        case itemsWithout(ItemMatch)
        /// An object with the members of another one in place of its own.
        case merged(BoundValue)
        /// One of these after the other.
        case several([Computation])
    }

    /// The values that a property of rows has, in the order of these.
    package struct KeyOrder: Sendable, Hashable {
        let property: Property.ID
        /// An array.
        var values: BoundValue
    }

    /// A value of the row that a key refers to.
    package struct Copied: Sendable, Hashable {
        /// The model of that row, and the property.
        let source: Model.ID
        let property: Property.ID
        /// Its key, and what has that value; nil for the row's own that is changed.
        var key: [Part]
        /// The type that is to be referred to, and what has it.
        var type: Discriminator?
        /// The part that has the row, where it needn't be looked for.
        let part: String?
        /// The value where there is no such row; nil for the one that is there.
        var otherwise: ChangeValue?

        struct Part: Sendable, Hashable {
            let source: Property.ID
            let holder: Property.ID
            var value: ChangeValue?
        }

        struct Discriminator: Sendable, Hashable {
            let holder: Property.ID
            var value: ChangeValue?
            let name: String
            /// Whether the name is the same in any case.
            let folds: Bool
        }
    }

    /// NULL, of a property's type.
    static func null(_ property: Property) -> ChangeValue { .value(BoundValue(property.columnType, .null)) }
}

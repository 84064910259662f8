// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

/// How rows are matched with the keys of their parents.
struct KeyMatch: Sendable, Hashable {
    /// One part of a key.
    struct Part: Sendable, Hashable {
        /// The alias of the table that holds it, the property, and its column.
        var alias: String
        let property: Property.ID
        let column: String
        let type: ColumnType
        /// The type of the parents' values.
        let parentType: ColumnType

        init(_ property: Property, of alias: String = RowSource.alias, parentType: ColumnType) {
            self.alias = alias
            self.property = property.id
            column = property.column
            type = property.columnType
            self.parentType = parentType
        }
    }

    var parts: [Part]

    /// Whether keys can be matched outside the server: one part, of types whose equality is that of their values' bytes.
    var isComparable: Bool { parts.count == 1 && parts.allSatisfy { $0.type.matches($0.parentType) } }

    /// The same match where the table that holds the key goes by another alias.
    func renamed(_ alias: String) -> KeyMatch {
        var match = self
        for position in match.parts.indices { match.parts[position].alias = alias }
        return match
    }

    // MARK: Numbered keys

    /// The column that tells whose rows they are: the number of the key in the array that was sent.
    static let ordinalName = "kinship_ordinal"

    /// The column that holds a part of the key, where keys stand in settings: these are distinct, in an order that nobody
    /// else knows, so that they have no numbers.
    static func numberName(_ position: Int) -> String { "kinship_key\(position + 1)" }

    /// The columns that tell whose rows they are.
    func numberColumns(of parent: Model.ID, handedOver: Bool) -> [Fetch.Column] {
        guard handedOver else {
            return [Fetch.Column(parent, property: nil, type: .int8, output: Self.ordinalName)]
        }
        return parts.enumerated().map { position, part in
            Fetch.Column(
                parent, property: nil, type: part.parentType.keyType, output: Self.numberName(position))
        }
    }
}

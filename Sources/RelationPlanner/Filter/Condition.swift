// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

/// A condition on one row of a model.
///
/// Every value has been checked against its column: see ``Schema/filter(_:for:limits:)``.
package indirect enum Condition: Sendable, Hashable {
    /// True for every row.
    case always
    /// False for every row.
    case never
    case all([Condition])
    case any([Condition])
    /// NULL-safe: true where the condition is false or NULL (D4).
    case not(Condition)
    case comparison(Operand, Comparison, BoundValue)
    /// `negated`: IS NOT NULL. At a path: whether there is a value other than JSON's null.
    case isNull(Operand, negated: Bool)
    /// `inq` and `nin`: `values` is one array value; `matchesNull` when the list held a null (D6).
    case member(Operand, values: BoundValue, matchesNull: Bool, negated: Bool)
    case between(Operand, BoundValue, BoundValue)
    /// `like` and its kin on the operand's text. The pattern's escape character is the backslash; `contains`,
    /// `startsWith` and `endsWith` come as patterns whose wildcards are escaped.
    case pattern(Operand, Pattern, BoundValue)
    /// `~` and `~*` on the operand's text.
    case regularExpression(Operand, BoundValue, ignoringCase: Bool)
    /// `@>`, `<@` and `&&` of arrays; `@>` of jsonb.
    case containment(Operand, Containment, BoundValue)
    /// Full text search.
    case match(Operand, TextSearch)
    /// Two properties of the same row; their types can be compared.
    case columns(Operand, Comparison, Operand)
    /// A point within a distance.
    case near(Operand, Nearness)
    /// A condition on related rows (B1).
    case related(RelatedCondition)

    /// Binary operators that take one value.
    package enum Comparison: String, Sendable, Hashable, CaseIterable {
        case equal = "="
        case notEqual = "<>"
        case less = "<"
        case lessOrEqual = "<="
        case greater = ">"
        case greaterOrEqual = ">="
    }

    /// Pattern operators.
    package enum Pattern: String, Sendable, Hashable, CaseIterable {
        case like = "LIKE"
        case notLike = "NOT LIKE"
        case ilike = "ILIKE"
        case notIlike = "NOT ILIKE"
    }

    /// Containment operators.
    package typealias Containment = KinshipSchema.Containment

    /// What is compared: a property's column, or a path inside its JSON.
    ///
    /// At a path the value's type says how to compare (D26): `numeric` with JSON numbers, `boolean` with booleans,
    /// `text` with strings, `jsonb` with arrays and objects. Values of other JSON types make the comparison NULL.
    package struct Operand: Sendable, Hashable {
        /// A property of the model the condition is about.
        package var property: Property.ID
        /// The keys that lead to a place inside its JSON; empty for the column itself.
        package var path: [String]

        /// A column, or a place inside it.
        package init(_ property: Property.ID, path: [String] = []) {
            self.property = property
            self.path = path
        }

        /// Equality of the path's bytes, for paths stand in statement texts: canonically equivalent keys differ.
        package static func == (one: Operand, other: Operand) -> Bool {
            one.property == other.property && one.path.count == other.path.count
                && zip(one.path, other.path).allSatisfy { $0.hasSameBytes(as: $1) }
        }

        /// Hashes the property and the path's bytes.
        package func hash(into hasher: inout Hasher) {
            hasher.combine(property)
            hasher.combine(path.count)
            for key in path {
                for byte in key.utf8 { hasher.combine(byte) }
                hasher.combine(0xFF as UInt8)
            }
        }
    }

    /// A full text search.
    package struct TextSearch: Sendable, Hashable {
        /// The function that makes the query of its text.
        package enum Syntax: String, Sendable, Hashable, CaseIterable {
            /// Operators `&`, `|`, `!`, `<->`; the text has been checked.
            case query = "to_tsquery"
            case plain = "plainto_tsquery"
            case phrase = "phraseto_tsquery"
            case web = "websearch_to_tsquery"
        }

        /// How the text is read.
        package var syntax: Syntax
        /// The text, of type `text`.
        package var query: BoundValue
        /// A text search configuration, known and safe to write as a literal; nil for the database's default.
        package var language: String?

        /// A search.
        package init(_ query: BoundValue, syntax: Syntax = .query, language: String? = nil) {
            self.query = query
            self.syntax = syntax
            self.language = language
        }
    }

    /// A centre and distances from it, on a sphere with ``earthRadius``.
    package struct Nearness: Sendable, Hashable {
        /// The radius distances in metres are reckoned with, that of LoopBack's GeoPoint.
        package static let earthRadius = 6_370_990.56

        /// A `point`: x is the longitude, y the latitude.
        package var center: BoundValue
        /// Metres, `double precision`.
        package var minimum: BoundValue?
        /// The largest distance in metres.
        package var maximum: BoundValue?

        /// A centre and distances.
        package init(_ center: BoundValue, minimum: BoundValue? = nil, maximum: BoundValue? = nil) {
            self.center = center
            self.minimum = minimum
            self.maximum = maximum
        }
    }

    /// A condition on the rows of a relation.
    package struct RelatedCondition: Sendable, Hashable {
        /// How many related rows must meet the condition. `is` is ``some`` of a to-one relation, `isNot` is ``none``.
        package enum Quantifier: String, Sendable, Hashable, CaseIterable {
            case some
            /// True without rows; false where the condition is NULL.
            case every
            case none
        }

        /// A relation of the model the condition is about.
        package var relation: Relation.ID
        /// How many rows must meet the condition.
        package var quantifier: Quantifier
        /// The condition on rows of the target.
        package var condition: Condition
        /// Set where numbers about the rows that meet the condition are asked for: ``quantifier`` has no meaning then.
        package var numbers: RelatedNumbers?
        /// Which rows are looked at: the `where` of the relation's scope and of the target's default scope. Filled by
        /// ``ScopedSchema/resolved(_:for:unscoped:)``.
        package var scope: Condition = .always
        /// Likewise for the rows of a link model.
        package var linkScope: Condition = .always
        /// The order in which the first row is the one that a to-one relation shows (D20), where there can be several.
        package var order: [OrderTerm] = []

        /// A condition on related rows.
        package init(_ relation: Relation.ID, _ quantifier: Quantifier, _ condition: Condition) {
            self.relation = relation
            self.quantifier = quantifier
            self.condition = condition
        }

        /// A condition on numbers about related rows.
        package init(_ relation: Relation.ID, _ numbers: RelatedNumbers, of condition: Condition) {
            self.init(relation, .some, condition)
            self.numbers = numbers
        }
    }
}

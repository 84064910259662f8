// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

// What a type can do: equality, order, containment, patterns, aggregates. Whoever has to know asks here; what is so for a whole
// category is in the table of ``TypeAbilities``, what only the catalog knows in ``TypeFeatures``.
extension ColumnType {
    var abilities: TypeAbilities { TypeAbilities(category) }

    /// Whether the type has an ability that its row in the table has, or its elements, or that the catalog knows of.
    private func has(
        _ ability: TypeAbilities.Ability, _ ofElement: (ColumnType) -> Bool, _ byCatalog: @autoclosure () -> Bool
    ) -> Bool {
        switch ability {
        case .yes: true
        case .no: false
        case .catalog: byCatalog()
        case .element: element.map(ofElement) ?? false
        }
    }

    // MARK: Equality

    /// How equality of a type is written, for not every type has an `=`.
    package enum Equality {
        /// `=`.
        case standard
        /// `~=`: of points, and of shapes, whose `=` compares areas.
        case same
        /// `json`: equality of the documents.
        case document
        /// There is none: equality of the texts.
        case text
    }

    /// How two values are found equal.
    package var equality: Equality {
        abilities.equality ?? (has("~=") ? .same : has("=") ? .standard : .text)
    }

    /// Whether there is a `<>` as well.
    package var hasInequality: Bool {
        switch equality {
        case .standard: category != .other || features == nil || has("<>")
        case .same: false
        case .document, .text: true
        }
    }

    /// Whether arrays of the type can be compared, and the rows with it be told apart: DISTINCT, an array's `=` and `@>`.
    package var hasEquality: Bool {
        has(abilities.isToldApart, \.hasEquality, features.map { $0.isOrdered || $0.isHashed } ?? true)
    }

    /// Whether combinations with values of the type can be told apart; those that come as texts by their order only.
    package var isDistinct: Bool { hasEquality && (!isReadByServer || isOrdered) }

    /// Whether PostgreSQL has `=` and an order for both types together.
    package func isComparable(with other: ColumnType) -> Bool {
        if isNumeric { return other.isNumeric || (isInteger && other.oid == Self.objectID) }
        switch (category, other.category) {
        case (.text, .text): return true
        case (.date, .date), (.date, .timestamp), (.date, .timestamptz), (.timestamp, .date), (.timestamp, .timestamp),
            (.timestamp, .timestamptz), (.timestamptz, .date), (.timestamptz, .timestamp), (.timestamptz, .timestamptz):
            return true
        case (.json, _), (.jsonb, _), (.point, _): return false
        case (.other, _):
            if oid == other.oid, oid != 0 || name == other.name { return has("=") && !has("~=") }
            return oid == Self.objectID && other.isInteger
                || Self.networks.contains(oid) && Self.networks.contains(other.oid)
        case (.array(let element), .array(let others)):
            return oid == other.oid && element.hasEquality && others.hasEquality
        default: return category == other.category && oid == other.oid
        }
    }

    /// Whether the server has an `=` between the two types.
    package func isComparable(to other: ColumnType) -> Bool {
        oid != 0 && oid == other.oid && equality == .standard && hasEquality || isComparable(with: other)
    }

    private static let objectID: UInt32 = 26
    private static let networks: Set<UInt32> = [869, 650]

    /// Whether equal keys have equal bytes, also where one is of the other type, so that rows can be matched outside the
    /// server.
    package func matches(_ other: ColumnType) -> Bool {
        if isInteger, other.isInteger { return true }
        // Equal arrays needn't have equal bytes, and go as their texts.
        if element != nil { return false }
        // Two enumerations are two types, whatever their labels.
        if isEnumeration, oid != other.oid { return false }
        return equalityIsBytewise && other.equalityIsBytewise && category == other.category && category != .other
    }

    /// Whether comparisons of texts may find equal what isn't: under a nondeterministic collation.
    package var isFolding: Bool {
        let text = element ?? self
        return text.category == .text && !equalityIsBytewise && text.oid != Self.bpchar.oid
    }

    // MARK: Order

    /// Whether rows can be ordered by values of the type, and a B-tree can hold them; taken for granted until a catalog says
    /// more.
    package var isOrdered: Bool {
        has(abilities.isOrdered, \.isOrdered, features?.isOrdered ?? true)
    }

    /// Whether there is a less and a greater that anybody would ask for: documents have an order of PostgreSQL's own only.
    package var hasRanges: Bool { has(abilities.hasRanges, \.isOrdered, isOrdered) }

    /// Whether PostgreSQL has the aggregate function for the type, in all versions.
    package func supports(_ function: Aggregate) -> Bool {
        switch function {
        case .count: true
        case .sum, .avg: abilities.hasSums
        case .min, .max: has(abilities.hasExtremes, \.isOrdered, features?.extremes != nil && isOrdered)
        }
    }

    // MARK: Operators

    /// Whether there is an operator that takes two values of a type without a decoder.
    private func has(_ name: String) -> Bool { features.map { $0.operators[name] != nil } ?? (name == "=") }

    /// The type's operator for one value in another, nil when it has none.
    package func operation(_ containment: Containment) -> String? {
        switch abilities.hasContainment {
        case .yes: return containment.rawValue
        case .no, .element: return nil
        case .catalog:
            let names: [String] =
                switch containment {
                case .contains: ["@>", ">>="]
                case .containedBy: ["<@", "<<="]
                case .overlaps: ["&&"]
                }
            return features.flatMap { features in names.first { features.operators[$0] != nil } }
        }
    }

    /// Whether patterns are the type's own affair, as those of `citext` are; all others are matched with the text.
    package var hasPatterns: Bool { has(abilities.hasPatterns, \.hasPatterns, has("~~") && has("~")) }

    /// Whether values have places inside, which paths lead to.
    package var hasPaths: Bool { abilities.hasPaths }

    /// Whether values have a distance from one another.
    package var hasDistance: Bool { abilities.hasDistance }

    /// Whether many values go as one array of the type; others are compared one by one.
    package var hasArrays: Bool { abilities.hasArrays }

    /// Whether the type is known by a name that a definition gives, and no catalog has said more.
    package var isUnknown: Bool { category == .other && features == nil }

    /// Whether values have no decoder here, on their own or in arrays: what they are the server tells.
    package var isReadByServer: Bool { (element ?? self).category == .other }
}

// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

extension ColumnType {
    /// The type parameters are bound with. Values of types known only by name go as text, and the column is compared
    /// as text: whether the server could read them can't be judged here. What takes any text is compared as what it is.
    package var boundType: ColumnType {
        switch category {
        case .other where !takesText: .text
        case .array(let element) where element.category == .other && !element.takesText: ColumnType.text.array
        default: self
        }
    }

    /// Whether PostgreSQL has `=` and an order for both types together.
    func isComparable(with other: ColumnType) -> Bool {
        if isNumeric { return other.isNumeric }
        switch (category, other.category) {
        case (.text, .text): return true
        case (.date, .date), (.date, .timestamp), (.date, .timestamptz), (.timestamp, .date), (.timestamp, .timestamp),
            (.timestamp, .timestamptz), (.timestamptz, .date), (.timestamptz, .timestamp), (.timestamptz, .timestamptz):
            return true
        case (.json, _), (.jsonb, _), (.point, _): return false
        case (.other, _): return takesText && oid == other.oid
        default: return category == other.category && oid == other.oid && hasEquality
        }
    }

    /// Whether PostgreSQL has `=` for values of the type, so that arrays of it can be compared as well.
    var hasEquality: Bool {
        switch category {
        case .json, .point: false
        case .other: takesText
        case .array(let element): element.hasEquality
        default: true
        }
    }

    /// Whether rows can be ordered by values of the type. Of the types known by name only the catalog says which have an
    /// order; without it some of PostgreSQL's own are known to.
    var isOrdered: Bool {
        switch category {
        case .json, .point: false
        case .other: hasOrder || Self.orderedByName.contains(oid)
        case .array(let element): element.isOrdered
        default: true
        }
    }

    /// "char", oid, inet, cidr, macaddr, macaddr8, money, bit, bit varying, tsvector, tsquery and the ranges.
    private static let orderedByName: Set<UInt32> = [
        18, 26, 869, 650, 829, 774, 790, 1560, 1562, 3614, 3615, 3904, 3926, 3906, 3908, 3910, 3912,
    ]

    /// Whether values are known by name only, on their own or in arrays.
    var isKnownByName: Bool { (element ?? self).category == .other }

    /// Whether values are known by name only, and which texts are some only the server can tell.
    var isReadByServerOnly: Bool { isKnownByName && !(element ?? self).takesText }

    /// Whether comparisons of texts may find equal what isn't: under a nondeterministic collation.
    var isFolding: Bool {
        let text = element ?? self
        return text.category == .text && !equalityIsBytewise && text.oid != Self.bpchar.oid
    }

    /// The type parameters are sent in: of types whose binary form is nobody's to write here, the text, which the
    /// statement casts.
    public var wireType: ColumnType {
        switch category {
        case .interval, .timetz: .text
        case .other where takesText: .text
        case .array(let element) where element.wireType != element: element.wireType.array
        default: self
        }
    }

    /// Whether PostgreSQL can tell two values apart: `DISTINCT`.
    var canBeCompared: Bool {
        switch category {
        case .json, .point, .other: false
        case .array(let element): element.canBeCompared
        default: true
        }
    }
}

extension ColumnType {
    /// Whether a B-tree can hold the type's values; of types known by name it is taken for granted.
    var isSortable: Bool {
        switch category {
        case .json, .point: false
        case .array(let element): element.isSortable
        default: true
        }
    }
}

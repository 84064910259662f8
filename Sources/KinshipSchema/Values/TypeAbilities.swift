// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

/// What values of a type can be asked about, by the type's category: the one table of it.
///
/// Whoever has to know asks ``ColumnType`` (`isOrdered`, `hasRanges`, `supports(_:)` …), which looks here, and where it is the
/// catalog's to say at ``TypeFeatures``.
struct TypeAbilities: Sendable {
    /// Whether something can be done.
    enum Ability: Sendable {
        case yes, no
        /// As the catalog says of a type that no decoder here knows.
        case catalog
        /// As with the elements of an array.
        case element
    }

    /// How two values are found equal; nil where the catalog says it.
    var equality: ColumnType.Equality? = .standard
    /// Whether combinations with values of the type can be told apart: DISTINCT, an array's `=` and `@>`.
    var isToldApart = Ability.yes
    /// Whether rows can be ordered by values, and a B-tree can hold them.
    var isOrdered = Ability.yes
    /// Whether there is a less and a greater that anybody would ask for.
    var hasRanges = Ability.yes
    /// Whether there are `sum` and `avg`.
    var hasSums = false
    /// Whether there are `min` and `max`, in all versions of PostgreSQL.
    var hasExtremes = Ability.yes
    /// Whether a value can be in another.
    var hasContainment = Ability.no
    /// Whether patterns are the type's own affair; all others are matched with the text.
    var hasPatterns = Ability.no
    /// Whether values have places inside, which paths lead to.
    var hasPaths = false
    /// Whether values have a distance from one another.
    var hasDistance = false
    /// Whether many values go as one array of the type.
    var hasArrays = true
    /// Whether values are numbers.
    var isNumeric = false
    /// Whether the text of a value tells which key of another type it is, as the text of JSON scalars does.
    var isReadableKey = false

    init(_ category: ColumnType.Category) {
        switch category {
        case .bool: (hasExtremes, isReadableKey) = (.no, true)
        case .int2, .int4, .int8, .numeric: (hasSums, isNumeric, isReadableKey) = (true, true, true)
        case .float4, .float8: (hasSums, isNumeric) = (true, true)
        case .text, .enumeration: isReadableKey = true
        case .bytea: hasExtremes = .no
        case .uuid: (hasExtremes, isReadableKey) = (.no, true)
        case .date, .time, .timetz, .timestamp, .timestamptz: break
        case .interval: hasSums = true
        case .json:
            (equality, isToldApart, isOrdered, hasRanges, hasExtremes) = (.document, .no, .no, .no, .no)
            (hasContainment, hasPaths) = (.yes, true)
        case .jsonb: (hasRanges, hasExtremes, hasContainment, hasPaths) = (.no, .no, .yes, true)
        case .point:
            (equality, isToldApart, isOrdered, hasRanges, hasExtremes) = (.same, .no, .no, .no, .no)
            (hasDistance, hasArrays) = (true, false)
        case .array:
            (isToldApart, isOrdered, hasRanges, hasExtremes) = (.element, .element, .element, .element)
            (hasContainment, hasArrays) = (.yes, false)
        case .other:
            (equality, isToldApart, isOrdered, hasRanges) = (nil, .catalog, .catalog, .catalog)
            (hasExtremes, hasContainment, hasPatterns, isReadableKey) = (.catalog, .catalog, .catalog, true)
        }
    }
}

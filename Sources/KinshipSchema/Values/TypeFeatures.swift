// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

/// What a database has for a type that no decoder here knows: the operators that take two values of it, and where they live.
///
/// ```swift
/// var citext = ColumnType(named: "extensions.citext")
/// citext.features = TypeFeatures(operators: ["=": "extensions", "<": "extensions"], isOrdered: true)
/// ```
public struct TypeFeatures: Sendable, Hashable {
    /// What values are made of.
    public enum Form: String, Sendable, Hashable {
        case plain
        /// `int4range` and its kin.
        case range
        /// `int4multirange` and its kin.
        case multirange
    }

    /// The schemas of the operators, by name.
    public var operators: [String: String]
    /// Whether there is an order: a default operator class for `btree`.
    public var isOrdered: Bool
    /// Whether values can be told apart by their hash: a default operator class for `hash`.
    public var isHashed: Bool
    /// The schema of the aggregate functions `min` and `max`, nil when there are none.
    public var extremes: String?
    /// Whether a cast to text gives another text than the type shows itself with, as that of `inet` does.
    public var hasTextOfItsOwn: Bool
    /// What values are made of.
    public var form: Form

    /// The features of a type.
    public init(
        operators: [String: String] = [:], isOrdered: Bool = false, isHashed: Bool = false, extremes: String? = nil,
        hasTextOfItsOwn: Bool = false, form: Form = .plain
    ) {
        self.operators = operators
        self.isOrdered = isOrdered
        self.isHashed = isHashed
        self.extremes = extremes
        self.hasTextOfItsOwn = hasTextOfItsOwn
        self.form = form
    }
}

extension TypeFeatures {
    private static let comparisons = ["=", "<>", "<", "<=", ">", ">="]

    private static func system(_ operators: [String]) -> [String: String] {
        Dictionary(operators.map { ($0, systemSchema) }, uniquingKeysWith: { first, _ in first })
    }

    /// PostgreSQL's own schema, whose names are found whatever the session's `search_path` is.
    package static let systemSchema = "pg_catalog"

    /// Of PostgreSQL's own types, for planning without a catalog.
    package static let equal = TypeFeatures(operators: system(["=", "<>"]))
    package static let ordered = TypeFeatures(operators: system(comparisons), isOrdered: true, isHashed: true)
    package static let network = TypeFeatures(
        operators: system(comparisons + [">>=", "<<=", "&&"]), isOrdered: true, isHashed: true,
        extremes: systemSchema, hasTextOfItsOwn: true)
    package static let range = TypeFeatures(
        operators: system(comparisons + ["@>", "<@", "&&"]), isOrdered: true, isHashed: true, form: .range)
    package static let area = TypeFeatures(operators: system(["=", "~=", "@>", "<@", "&&"]))
    package static let none = TypeFeatures()
}

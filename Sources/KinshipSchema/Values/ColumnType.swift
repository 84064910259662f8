// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

// In more files than most types: what each storey needs to know of types stands beside what it is needed for.

/// The PostgreSQL type of a column, as far as planning needs it.
///
/// ```swift
/// ColumnType.int4.name  // "integer"
/// ```
public struct ColumnType: Sendable, Hashable {
    /// What a value of the type is made of, domains looked through.
    public indirect enum Category: Sendable, Hashable {
        case bool, int2, int4, int8, float4, float8, numeric, text, bytea, uuid
        case date, time, timetz, timestamp, timestamptz, interval
        case json, jsonb, point
        /// An enumeration with its labels in their order.
        case enumeration(labels: [String])
        /// An array of the element type's values.
        case array(of: ColumnType)
        /// Anything else: read and written as text.
        case other
    }

    // Types are copied with every column, value and parameter of a plan: what few of them have is behind a reference.

    /// The type's OID (a domain's base type's, for that is what parameters are declared with).
    public var oid: UInt32
    /// The OID of the array over this type, 0 when there is none.
    public var arrayOID: UInt32
    /// Whether equality of values is equality of their binary forms (false for numeric, floats, bpchar, citext and
    /// text under a nondeterministic collation).
    public var equalityIsBytewise: Bool
    /// Whether columns of the type have to be cast to it before polymorphic operators see what they hold: those of a domain
    /// over an enumeration, a range or an array, and arrays of domains; set from the catalog.
    public var isBehindDomain = false
    /// The name as `format_type` gives it, quoted where needed: safe in a cast.
    public var name: String
    /// The kind of values.
    public var category: Category
    /// Precision and scale of `numeric(p,s)`, the length of `varchar(n)` and `character(n)`.
    public var precision: Int? {
        get { boxedModifiers?.value.precision }
        set { modify { $0.precision = newValue } }
    }
    /// The digits after the point of `numeric(p,s)`.
    public var scale: Int? {
        get { boxedModifiers?.value.scale }
        set { modify { $0.scale = newValue } }
    }
    /// The length of `varchar(n)` and `character(n)`.
    public var length: Int? {
        get { boxedModifiers?.value.length }
        set { modify { $0.length = newValue } }
    }
    /// What the database says about a type of category ``Category/other``; nil where it hasn't been asked.
    public var features: TypeFeatures? {
        get { boxedFeatures?.value }
        set { boxedFeatures = newValue.map { .box($0) } }
    }
    private var boxedFeatures: Boxed<TypeFeatures>?
    /// nil where all of them are.
    private var boxedModifiers: Boxed<Modifiers>?

    /// What stands in parentheses behind a name.
    private struct Modifiers: Sendable, Hashable {
        var precision: Int?
        var scale: Int?
        var length: Int?
    }

    private mutating func modify(_ change: (inout Modifiers) -> Void) {
        var modifiers = boxedModifiers?.value ?? Modifiers()
        change(&modifiers)
        boxedModifiers = modifiers == Modifiers() ? nil : .box(modifiers)
    }

    /// Hashes what tells types apart in practice: shapes of filters are looked up with every request.
    public func hash(into hasher: inout Hasher) {
        hasher.combine(oid)
        if oid == 0 { hasher.combine(name) }
    }

    /// A type of a database's own.
    public init(
        oid: UInt32, name: String, category: Category, arrayOID: UInt32, precision: Int? = nil, scale: Int? = nil,
        length: Int? = nil, equalityIsBytewise: Bool
    ) {
        self.oid = oid
        self.name = name
        self.category = category
        self.arrayOID = arrayOID
        self.equalityIsBytewise = equalityIsBytewise
        if precision != nil || scale != nil || length != nil {
            boxedModifiers = .box(Modifiers(precision: precision, scale: scale, length: length))
        }
    }
}

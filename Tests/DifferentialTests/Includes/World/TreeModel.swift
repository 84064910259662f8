// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import RelationPlanner

/// A random model, its table and what stands in it.
struct TreeModel {
    struct Column {
        var name: String
        var column: String
        var type: CellType
        var isHidden = false
        /// Whether it is shown at the root only.
        var isProtected = false
        /// How it holds a list of values, nil when it holds one.
        var list: ListForm?
        /// Whether the definition leaves it to a relation to bring the property in.
        var isImplied = false
        /// The model whose records it holds as JSON.
        var embedded: Int?
    }

    /// How lists of keys are kept.
    enum ListForm {
        case array, jsonb, text

        /// The list as the column's text.
        func text(_ values: [String?], _ type: CellType) -> String {
            guard self == .array else { return "\(JSONValue.array(values.map { type.json($0) }))" }
            let elements = values.map { value in
                guard let value else { return "NULL" }
                let escaped = value.reduce(into: "") { text, character in
                    if character == "\\" || character == "\"" { text.append("\\") }
                    text.append(character)
                }
                return "\"\(escaped)\""
            }
            return "{" + elements.joined(separator: ",") + "}"
        }
    }

    /// Columns that point at rows of another table, or of several.
    struct ForeignKey {
        enum Constraint { case none, plain, notValid, deferrable }

        var columns: [Int]
        /// The model pointed at, nil where the discriminator tells.
        var target: Int?
        var targetColumns: [Int] = []
        var discriminator: Int?
        var isUnique = false
        var isIndexed = false
        var constraint = Constraint.none
    }

    var name: String
    var table: String
    var columns: [Column] = []
    var primaryKey: [Int] = []
    /// Whether the database knows of the primary key.
    var hasKeyConstraint = true
    /// Columns whose values differ, and whether the database knows.
    var unique: [(column: Int, isIndexed: Bool)] = []
    var foreignKeys: [ForeignKey] = []
    var relations: [TreeRelation] = []
    var scope: JSONValue?
    /// Whether no definition is given: the library makes the link model.
    var isMade = false
    /// Whether its records stand in columns of other models: it has no table then.
    var isEmbedded = false
    /// Whether the planner is told how many rows there are.
    var isAnalyzed = false
    var size = 0
    /// How many of the rows, the last ones, stand in a table that inherits from the model's: no index and no constraint of that
    /// one holds for them.
    var inherited = 0
    var rows: [[String?]] = []

    /// Whether it is defined and has a table.
    var isDefined: Bool { !isMade && !isEmbedded }

    /// The columns a filter may name.
    var visible: [Int] { columns.indices.filter { !columns[$0].isHidden } }

    /// Those that are shown in included records, and named in their scopes.
    var included: [Int] { visible.filter { !columns[$0].isProtected } }

    /// Those that hold one value.
    var single: [Int] { included.filter { columns[$0].list == nil } }

    func names(_ positions: [Int]) -> [String] { positions.map { columns[$0].name } }

    /// One name, or a list of several.
    func json(_ positions: [Int]) -> JSONValue {
        positions.count == 1
            ? .string(columns[positions[0]].name) : .array(names(positions).map { .string($0) })
    }

    /// Adds a column and gives its position.
    mutating func add(_ name: String, _ type: CellType, isHidden: Bool = false, isImplied: Bool = false) -> Int {
        let column = columns.count % 5 == 3 && !isImplied ? "c_" + name.lowercased() : name.lowercased()
        columns.append(Column(name: name, column: column, type: type, isHidden: isHidden, isImplied: isImplied))
        return columns.count - 1
    }
}

/// A random relation with everything looked up: what the evaluator follows.
struct TreeRelation {
    enum Kind: String {
        case belongsTo, hasOne, hasMany, hasAndBelongsToMany, referencesMany, embedsOne, embedsMany
    }

    /// The link model and its keys.
    struct Link {
        var model: Int
        var sourceKey: [Int]
        var targetKey: [Int]
    }

    var name: String
    var kind: Kind
    var source: Int
    /// Nil for a polymorphic belongsTo.
    var target: Int?
    var sourceKey: [Int]
    var targetKey: [Int] = []
    var link: Link?
    /// A column of the source for belongsTo, else of the target or the link.
    var discriminator: Int?
    /// What the discriminator has to say, nil for belongsTo.
    var typeName: String?
    var scope: JSONValue?
    var linkScope: JSONValue?
    /// In the place of ``scope``.
    var function: TreeScopeFunction?
    /// The definition without the scopes.
    var definition: [JSONValue.Member] = []

    var isToMany: Bool { kind != .belongsTo && kind != .hasOne && kind != .embedsOne }
    var isEmbedded: Bool { kind == .embedsOne || kind == .embedsMany }
    var isPolymorphicBelongsTo: Bool { target == nil }

    /// Whether neither it nor its links have a scope of their own: what scopes may name without coming back to themselves.
    var isFree: Bool { scope == nil && linkScope == nil && function == nil }
}

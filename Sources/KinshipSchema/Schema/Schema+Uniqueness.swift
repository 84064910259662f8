// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

/// What all who plan ask before they take it that there is one row at most (B11).
extension Schema {
    /// Whether no two rows of a model can have equal values in some columns: the catalog says so. Before there is one, what
    /// the definitions call the key is taken to be one.
    package func isUnique(_ columns: [String], of model: Model) -> Bool {
        guard let catalog else {
            return !model.primaryKey.isEmpty
                && model.primaryKey.allSatisfy { columns.contains(model.properties[$0].column) }
        }
        return catalog.isUnique(schema: model.tableSchema, table: model.table, columns: columns)
    }

    /// Whether no two rows of a model can have equal values in some properties.
    package func isUnique(_ key: [Property.ID], of model: Model) -> Bool {
        isUnique(key.map { model.properties[$0].column }, of: model)
    }

    /// Whether a unique index of exactly some properties is there, which `ON CONFLICT` can name.
    package func hasArbiter(_ key: [Property.ID], of model: Model) -> Bool {
        let columns = Set(key.map { model.properties[$0].column })
        guard let catalog else { return !key.isEmpty && Set(key) == Set(model.primaryKey) }
        return catalog.table(model.tableSchema, model.table)?.hasArbiter(columns) ?? false
    }

    /// Whether a to-one relation can find one row at most for a key, so that nothing has to be said about which of them it is
    /// (D20).
    ///
    /// - Parameter target: that of the relation; of one to several models any of them, with its key.
    package func isSingle(_ relation: Relation, to target: Model, by key: [Property.ID]) -> Bool {
        if relation.isToMany { return false }
        if relation.embedded != nil { return true }
        let source = models[relation.source]
        guard
            zip(key, relation.sourceKey).allSatisfy({ own, other in
                target.properties[own].columnType.staysApart(comparedWith: source.properties[other].columnType)
            })
        else { return false }
        // The type of a polymorphic hasOne is compared with one value as well.
        let type = relation.polymorphic.flatMap { $0.typeName == nil ? nil : $0.discriminator }
        return isUnique(key + (type.map { [$0] } ?? []), of: target)
    }

    /// Likewise, of a relation to one model.
    ///
    /// - Parameter isCorrelated: whether both tables are in one statement, where Citus has their distribution columns equated.
    package func isSingle(_ relation: Relation, isCorrelated: Bool = false) -> Bool {
        guard let target = relation.target.map({ models[$0] }) else { return false }
        if isSingle(relation, to: target, by: relation.targetKey) { return true }
        guard isCorrelated, !relation.isToMany else { return false }
        let source = models[relation.source]
        let pairs = zip(relation.targetKey, relation.sourceKey).map { own, other in
            (own: target.properties[own].column, other: source.properties[other].column)
        }
        return Colocation(of: target, with: source, joinedBy: pairs, in: self)
            .map { isUnique(pairs.map(\.own) + [$0.own], of: target) } ?? false
    }
}

extension ColumnType {
    /// Whether values that differ differ as well when they are compared with values of another type: of those that the server
    /// makes less exact for it two can equal the same value.
    func staysApart(comparedWith other: ColumnType) -> Bool {
        if oid == other.oid { return true }
        switch (category, other.category) {
        case (.int2, _), (.int4, _), (.float4, _), (.float8, _), (.uuid, _), (.bool, _): return true
        case (.int8, _): return other.category != .float4 && other.category != .float8
        case (.numeric, .int2), (.numeric, .int4), (.numeric, .int8): return true
        // What is compared with `char(n)` loses its trailing blanks.
        case (.text, .text): return oid == Self.bpchar.oid || other.oid != Self.bpchar.oid
        case (.text, _), (.date, .timestamp), (.date, .timestamptz): return true
        default: return false
        }
    }
}

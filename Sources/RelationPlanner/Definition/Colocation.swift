// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

/// The distribution columns of two tables that Citus spreads over its nodes.
///
/// Citus joins such tables only where the join equates their distribution columns (documentation, "Query Processing": co-located
/// joins). A relation needn't name them; where a foreign key holds them together with the key of the row that is pointed at,
/// rows that match by the key are equal in them too, so the equality changes no answer.
struct Colocation {
    /// The columns, of the one table and the other.
    let own: String
    let other: String

    /// - Parameters:
    ///   - columns: what the join equates already.
    /// - Returns: nil when the database has no such tables, or nothing says that the columns are equal.
    init?(
        of model: Model, with other: Model, joinedBy columns: [(own: String, other: String)], in schema: Schema
    ) {
        guard let catalog = schema.catalog,
            let left = catalog.table(model.tableSchema, model.table),
            let right = catalog.table(other.tableSchema, other.table),
            case .distributed(let own?) = left.distribution, case .distributed(let others?) = right.distribution,
            !columns.contains(where: { $0 == (own, others) })
        else { return nil }
        /// Whether a foreign key from one table holds its distribution column together with the other's whole key.
        func holds(
            _ table: Catalog.Table, to target: Model, _ pairs: [(String, String)], _ distribution: (String, String)
        ) -> Bool {
            guard Set(pairs.map(\.1)) == Set(target.primaryKey.map { target.properties[$0].column }) else {
                return false
            }
            return table.keptForeignKeys.contains { key in
                key.target == Catalog.TableName(target.tableSchema, target.table)
                    && (pairs + [distribution]).allSatisfy { pair in
                        zip(key.columns, key.targetColumns).contains { $0 == pair }
                    }
            }
        }
        guard
            holds(left, to: other, columns.map { ($0.own, $0.other) }, (own, others))
                || holds(right, to: model, columns.map { ($0.other, $0.own) }, (others, own))
        else { return nil }
        self.own = own
        self.other = others
    }
}

// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

/// What a planner asks a catalog. About tables that it doesn't have, nothing is true.
extension Catalog {
    /// Whether an index that covers every row has the columns as its first ones, in any order among them.
    ///
    /// Pass the columns a join compares: `catalog.hasIndex(schema: "public", table: "orders", leading: ["customer_id"])`.
    /// Only indexes that can answer an equality of these columns count: B-trees and hashes of the columns themselves, in
    /// the columns' collations.
    /// - Complexity: linear in the table's indexes.
    public func hasIndex(schema: String, table: String, leading columns: [String]) -> Bool {
        guard let table = self.table(schema, table), !columns.isEmpty else { return false }
        let wanted = Set(columns)
        return table.allIndexes.contains { $0.finds(equal: wanted) }
    }

    /// Whether an index hands out the rows that are equal in some columns in an order: what `LIMIT` for each key needs
    /// to read no more rows than it returns.
    ///
    /// ```swift
    /// // … WHERE customer_id = $1 ORDER BY total DESC LIMIT 3
    /// catalog.hasIndex(
    ///     schema: "public", table: "orders", leading: ["customer_id"], then: [.init("total", isDescending: true)])
    /// ```
    ///
    /// An index read backwards serves as well: all directions and places of NULLs are turned round then. The server
    /// takes NULLs for possible in every column. Columns of one value need not be ordered by.
    ///
    /// - Parameters:
    ///   - equalityColumns: the columns that are compared with one value each, in any order; may be empty.
    ///   - orderColumns: the order, of columns of the table; without any this is
    ///     ``hasIndex(schema:table:leading:)``.
    ///   - knownColumns: more columns that are compared with one value each, which the index may have or not.
    /// - Complexity: linear in the table's indexes.
    public func hasIndex(
        schema: String, table: String, leading equalityColumns: [String], then orderColumns: [Index.Column],
        known knownColumns: [String] = []
    ) -> Bool {
        guard let table = self.table(schema, table) else { return false }
        let equal = Set(equalityColumns)
        let known = Set(knownColumns)
        let order = orderColumns.filter { !equal.contains($0.name) && !known.contains($0.name) }
        guard !order.isEmpty else {
            return hasIndex(schema: schema, table: table.name, leading: equalityColumns)
        }
        return table.allIndexes.contains { $0.hands(out: order, equal: equal, known: known) }
    }

    /// Whether no two rows can have equal values in the columns, at any time: a unique index that covers every row consists
    /// of some of them.
    ///
    /// Not where other tables inherit from the table, for an index has its own rows only (B11); nor by an index that is
    /// partial, invalid, of expressions, of another collation, or checked at COMMIT only. Views and foreign tables have none.
    public func isUnique(schema: String, table: String, columns: [String]) -> Bool {
        self.table(schema, table)?.isUnique(Set(columns)) ?? false
    }

    /// Whether each row whose columns are all set has a row of another table that it points at: a foreign key of exactly
    /// these columns says so, which every row keeps to at any time.
    ///
    /// ```swift
    /// catalog.hasForeignKey(
    ///     from: .init("public", "orders"), columns: ["customer_id"], to: .init("public", "customer"), columns: ["id"])
    /// ```
    ///
    /// Foreign keys that aren't validated, that are switched off, or that may be broken until COMMIT don't count, nor those
    /// of a table that others inherit from, whose rows they don't hold (B11). The row pointed at may still be out of sight:
    /// see ``Table/hasRowSecurity``.
    ///
    /// - Parameters:
    ///   - columns: the columns that point.
    ///   - targetColumns: the columns pointed at, in the order of `columns`.
    /// - Complexity: linear in the table's foreign keys.
    public func hasForeignKey(
        from table: TableName, columns: [String], to target: TableName, columns targetColumns: [String]
    ) -> Bool {
        guard let table = tables[table], !columns.isEmpty, columns.count == targetColumns.count else { return false }
        let wanted = Set(zip(columns, targetColumns).map { [$0, $1] })
        return table.keptForeignKeys.contains { key in
            key.target == target && key.columns.count == key.targetColumns.count
                && Set(zip(key.columns, key.targetColumns).map { [$0, $1] }) == wanted
        }
    }

    /// How many rows a table had at its last VACUUM or ANALYZE; nil when that isn't known.
    public func estimatedRows(schema: String, table: String) -> Double? { self.table(schema, table)?.estimatedRows }

    /// How many rows of a table have the same values in some columns, on average; at most, where several columns are known
    /// one by one. Nil when the statistics don't say.
    ///
    /// ```swift
    /// catalog.estimatedRowsPerKey(schema: "public", table: "orders", columns: ["customer_id"])  // 10
    /// ```
    public func estimatedRowsPerKey(schema: String, table: String, columns: [String]) -> Double? {
        guard let table = self.table(schema, table), let rows = table.estimatedRows else { return nil }
        return columns.compactMap { table.columns[$0]?.estimatedDistinct }.max().map { rows / max(1, $0) }
    }

    /// Whether rows with the same value in a column lie close together in the table; false when the statistics don't say.
    ///
    /// ```swift
    /// catalog.isClustered(schema: "public", table: "items", column: "order_id")  // true
    /// ```
    public func isClustered(schema: String, table: String, column: String) -> Bool {
        abs(self.table(schema, table)?.columns[column]?.correlation ?? 0) >= 0.5
    }
}

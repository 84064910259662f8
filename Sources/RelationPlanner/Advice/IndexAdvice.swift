// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

/// An index that a request would be answered faster with.
///
/// ```swift
/// for advice in try IndexAdvisor(schema: schema, catalog: catalog).advice(for: filter, of: customer.id) {
///     print(advice.reason, advice.createStatement)
/// }
/// ```
public struct IndexAdvice: Sendable, Hashable {
    /// The schema of the table.
    public let schema: String
    /// The table that lacks the index.
    public let table: String
    /// The index's columns, in order, with their directions.
    public let columns: [Catalog.Index.Column]
    /// The model whose records, or whose relation, was asked for.
    public let model: String
    /// The relation that lacks the index; nil when it is the root's own order that does.
    public let relation: String?
    /// The relations that lead to it from the root; empty for the root, and where only a part of a filter was asked about.
    public internal(set) var path: [String] = []
    /// Why, in one sentence.
    public let reason: String
    /// Whether it can be made without blocking writers: not on a partitioned table.
    private let isConcurrent: Bool

    init(
        on table: Catalog.Table, columns: [Catalog.Index.Column], model: Model, relation: Relation?, reason: String
    ) {
        schema = table.schema
        self.table = table.name
        self.columns = columns
        self.model = model.name
        self.relation = relation?.name
        self.reason = reason
        isConcurrent = table.kind != .partitioned
    }

    /// The statement that makes it, without a semicolon; the server gives the index its name.
    ///
    /// It doesn't block writers, and can't be run inside a transaction for that; an index of a partitioned table can only
    /// be made with writers waiting.
    public var createStatement: String {
        let terms = columns.map { column in
            quoted(column.name) + (column.isDescending ? " DESC" : "")
                + (column.nullsFirst == column.isDescending ? "" : column.nullsFirst ? " NULLS FIRST" : " NULLS LAST")
        }
        return
            "CREATE INDEX \(isConcurrent ? "CONCURRENTLY " : "")ON \(quoted(schema)).\(quoted(table)) (\(terms.joined(separator: ", ")))"
    }

    /// Whether an index for the other one does for this one as well.
    func isCovered(by other: IndexAdvice) -> Bool {
        schema == other.schema && table == other.table && columns.count <= other.columns.count
            && columns == Array(other.columns.prefix(columns.count))
    }
}

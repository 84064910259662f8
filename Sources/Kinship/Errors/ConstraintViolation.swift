// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

public import Libpq
public import RelationPlanner

/// A constraint of the database that stands against a change: SQLSTATE class 23.
///
/// ```swift
/// do {
///     try await database.pool.execute("insert into customer (id, email) values (2, 'ada@example.org')")
/// } catch let error as PostgresError {
///     guard let violation = ConstraintViolation(error, in: database.schema) else { throw error }
///     print(violation.kind, violation.model ?? "", violation.properties)  // unique Customer ["email"]
/// }
/// ```
///
/// Model, columns and properties are what the catalog says of the constraint, as of when it was read: of a constraint that it
/// doesn't have, of one of expressions, and of one of a partition, which has a name of its own, they stay empty. Nothing is
/// guessed from names.
public struct ConstraintViolation: ReportableError, CustomStringConvertible {
    /// What a constraint is there for.
    public enum Kind: String, Sendable, Hashable, CaseIterable {
        /// No two rows may be equal in the columns (SQLSTATE 23505).
        case unique
        /// The row that is pointed at must be there (23503, 23001).
        case foreignKey
        /// There must be a value (23502).
        case notNull
        /// A condition on the row, on a domain's value, or on what a table's partitions take (23514).
        case check
        /// No two rows may overlap, or whatever the operators say (23P01).
        case exclusion
        /// Another of the class: a function of the database raised it.
        case other
    }

    /// What the constraint is there for.
    public var kind: Kind
    /// The constraint's name; nil for NOT NULL before PostgreSQL 18, and where no partition takes a row.
    public var constraint: String?
    /// The table the constraint belongs to: with a foreign key the one that points, also when it is the other that is changed.
    public var table: Catalog.TableName?
    /// The table's columns in the constraint, all or none.
    public var columns: [String]
    /// The model kept in the table; nil when there is none, or several of which none is known to be meant.
    public var model: String?
    /// The model's properties that are kept in ``columns``, when each of these has one; without hidden ones, which only
    /// ``columns`` names.
    public var properties: [String]
    /// What the server said.
    public var underlying: PostgresError

    /// The violation that an error is, nil for other errors.
    ///
    /// - Parameters:
    ///   - error: what a statement, or COMMIT with a deferred constraint, failed with.
    ///   - schema: the schema with its catalog, as `database.schema` has it; without one only what the server says is known.
    ///   - model: the model that was written, which says which is meant where several are kept in one table.
    public init?(_ error: PostgresError, in schema: Schema?, writing model: Model? = nil) {
        guard let server = error.server, server.sqlState.hasPrefix("23") else { return nil }
        kind = Kind(sqlState: server.sqlState)
        constraint = server.constraintName
        table = server.tableName.flatMap { name in server.schemaName.map { Catalog.TableName($0, name) } }
        underlying = error
        (columns, properties) = ([], [])
        guard let table, let schema else {
            if kind == .notNull, table != nil, let column = server.columnName { columns = [column] }
            return
        }
        columns = schema.columns(of: kind, named: constraint, column: server.columnName, in: table)
        guard let owner = schema.model(keptIn: table, preferring: model) else { return }
        self.model = owner.name
        let owned = columns.map { column in owner.properties.first { $0.column == column } }
        if !owned.contains(where: { $0 == nil }) {
            properties = owned.compactMap(\.self).filter { !$0.isHidden }.map(\.name)
        }
    }

    /// `CONSTRAINT_VIOLATION`, 409, and the names.
    public var report: ErrorReport {
        var report = ErrorReport(.constraintViolation, underlying.message)
        (report.model, report.properties) = (model, properties)
        (report.constraint, report.sqlState) = (constraint, underlying.sqlState)
        return report
    }

    /// Code and message on one line.
    public var description: String { report.description }
}

extension ConstraintViolation.Kind {
    fileprivate init(sqlState: String) {
        switch sqlState {
        case "23505": self = .unique
        case "23503", "23001": self = .foreignKey
        case "23502": self = .notNull
        case "23514": self = .check
        case "23P01": self = .exclusion
        default: self = .other
        }
    }
}

extension Schema {
    /// The columns of a table's constraint as the catalog has them, all or none.
    fileprivate func columns(
        of kind: ConstraintViolation.Kind, named constraint: String?, column: String?, in name: Catalog.TableName
    ) -> [String] {
        if kind == .notNull { return column.map { [$0] } ?? [] }
        guard let constraint, let table = catalog?.tables[name] else { return [] }
        switch kind {
        case .unique, .exclusion:
            let index = table.indexes.first { $0.name == constraint }
            guard let index, !index.columns.contains(where: \.isExpression) else { return [] }
            return index.columns.map(\.name)
        case .foreignKey: return table.foreignKeys.first { $0.name == constraint }?.columns ?? []
        case .check: return table.checks.first { $0.name == constraint }?.columns ?? []
        case .notNull, .other: return []
        }
    }

    /// The one model that is kept in a table.
    fileprivate func model(keptIn table: Catalog.TableName, preferring model: Model?) -> Model? {
        func isKept(_ model: Model) -> Bool {
            model.isPersisted && Catalog.TableName(model.tableSchema, model.table) == table
        }
        if let model, isKept(model) { return model }
        let models = models.filter(isKept)
        return models.count == 1 ? models[0] : nil
    }
}

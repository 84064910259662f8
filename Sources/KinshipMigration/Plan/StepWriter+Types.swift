// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

extension StepWriter {
    static func create(_ type: TableCatalog.UserType, _ name: Catalog.TableName) -> [Statement] {
        switch type {
        case .enumeration(let values):
            let list = values.map { literal($0) }.joined(separator: ", ")
            return [Statement(sql: "CREATE TYPE \(name.sql) AS ENUM (\(list))", lock: .none)]
        case .domain(let domain): return [Statement(sql: domain.sql(named: name.sql), lock: .none)]
        case .other: return []
        }
    }

    /// A value can't be used in the transaction that brings it, so this is one of its own; again it does nothing.
    static func add(
        _ value: String, _ before: String?, _ after: String?, to name: Catalog.TableName
    ) -> [Statement] {
        let place = before.map { " BEFORE \(literal($0))" } ?? after.map { " AFTER \(literal($0))" } ?? ""
        return [
            Statement(
                sql: "ALTER TYPE \(name.sql) ADD VALUE IF NOT EXISTS \(literal(value))\(place)", lock: .none,
                isTransactional: false)
        ]
    }
}

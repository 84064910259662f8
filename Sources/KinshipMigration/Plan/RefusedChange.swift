// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

/// A change of a column's type that isn't done, for not all of its values may fit.
package struct RefusedChange: Sendable, Hashable {
    /// The subject of its problem: `person.age`.
    package var subject: String
    /// The property that asks for it.
    var origin: String
    package var oldType: String
    package var newType: String
    /// The table, under the name that it has now.
    package var table: Catalog.TableName
    /// The column, likewise.
    package var column: String
    /// The columns of the primary key, likewise.
    package var key: [String]

    /// Whether the new type is one that texts can be tried for.
    package var isOfTexts: Bool { ColumnType(named: oldType).isText && isTried }

    private var isTried: Bool {
        switch ColumnType(named: newType).category {
        case .bool, .int2, .int4, .int8, .float4, .float8, .numeric, .uuid, .date, .timestamp, .timestamptz: true
        default: false
        }
    }

    /// What stands against it.
    ///
    /// - Parameter finding: what was found in the table, in words; nil for nothing.
    package func message(_ finding: String? = nil) -> String {
        let reason = finding.map { ", and \($0)" } ?? ", which not all of its values may fit"
        return
            "\(subject) would change from \(oldType) to \(newType)\(reason). Correct the values and allow it with --allow-loss \(subject), or give \(origin) the type \(oldType)."
    }

    /// A query for values that don't fit, or that have to be tried, each with the key of its row.
    ///
    /// It reads no more than a million rows.
    ///
    /// - Parameters:
    ///   - isExact: whether the server itself can say of a text whether it is a value (PostgreSQL 16).
    ///   - limit: how many.
    package func query(isExact: Bool, limit: Int) -> String {
        let keys = key.isEmpty ? ["ctid"] : key.map(quoted)
        let names = key.isEmpty ? ["ctid"] : key
        let shown = zip(names, keys).map { "\(literal("\($0) = ")) || \($1)::text" }.joined(separator: " || ', ' || ")
        let isUnfit =
            isExact ? "NOT pg_catalog.pg_input_is_valid(v, \(literal(newType)))" : "v !~ \(literal(plainPattern))"
        return """
            SELECT v, k FROM (SELECT \(quoted(column))::text AS v, \(shown) AS k FROM \(table.sql)
                ORDER BY \(keys.joined(separator: ", ")) LIMIT 1000000) q
            WHERE v IS NOT NULL AND \(isUnfit) LIMIT \(limit)
            """
    }

    /// Texts that surely are values of the new type; others are tried one by one.
    private var plainPattern: String {
        let time = "([ T]([01][0-9]|2[0-3]):[0-5][0-9](:[0-5][0-9]([.][0-9]{1,6})?)?)?"
        switch ColumnType(named: newType).category {
        case .bool: return "^(t|true|f|false|yes|no|on|off|1|0)$"
        case .int2: return "^[+-]?[0-9]{1,4}$"
        case .int4: return "^[+-]?[0-9]{1,9}$"
        case .int8: return "^[+-]?[0-9]{1,18}$"
        case .float4, .float8: return "^[+-]?[0-9]{1,30}([.][0-9]{1,30})?$"
        case .numeric:
            let digits = ColumnType(named: newType).precision.map { precision in
                max(1, precision - (ColumnType(named: newType).scale ?? 0) - 1)
            }
            return "^[+-]?[0-9]{1,\(min(digits ?? 100, 100))}([.][0-9]{1,100})?$"
        case .uuid: return "^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$"
        case .date, .timestamp, .timestamptz:
            return "^[12][0-9]{3}-(0[1-9]|1[0-2])-(0[1-9]|1[0-9]|2[0-8])\(time)$"
        // Each is tried.
        default: return "^$never"
        }
    }
}

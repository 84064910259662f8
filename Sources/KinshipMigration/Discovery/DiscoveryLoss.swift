// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

/// Something of a database that models can't say: tables that are made of them don't have it.
public struct DiscoveryLoss: Sendable, Hashable, CustomStringConvertible {
    /// What kind of thing it is; the raw value is stable.
    public enum Kind: String, Sendable, Hashable, CaseIterable {
        /// A check that is no list of values of one column.
        case check
        /// An index of some of the rows.
        case partialIndex
        /// An index of what is made of columns.
        case expressionIndex
        /// An index with operator classes, collations, settings, an order of NULLs, or columns that it only covers.
        case specialIndex
        /// An index whose build failed.
        case invalidIndex
        /// A constraint that is deferrable, takes NULLs for equal, covers more columns, matches in full, or sets some columns.
        case specialConstraint
        /// An EXCLUDE constraint.
        case exclusion
        /// A foreign key to a table that isn't among the models.
        case foreignKey
        /// A constraint that not all rows have been checked for: in a new table all are.
        case notValidated
        /// A column of a type that is neither the server's nor an enumeration or a domain, or a domain on such a type.
        case type
        /// A column that takes numbers from a sequence that isn't its own, or that doesn't count from 1 by 1: in a new table it has another one, if
        /// it is NOT NULL.
        case sequence
        /// A column with numbers of `serial`: a new table has an identity.
        case serial
        /// A generated column that isn't stored: a new one is.
        case virtual
        /// A column whose texts are ordered in another way than its type's.
        case collation
        /// What a default or an expression calls.
        case function
        /// A table in partitions: a new one has none.
        case partition
        /// A table that inherits from another.
        case inheritance
        /// A view or a foreign table.
        case view
        /// A trigger.
        case trigger
        /// A rule.
        case rule
        /// Row-level security.
        case rowSecurity
        /// A comment: it is the description of the model or property.
        case comment

        /// What is said ahead of the names.
        var title: String {
            switch self {
            case .check: "Checks that models can't say"
            case .partialIndex: "Partial indexes, which models can't say"
            case .expressionIndex: "Indexes on expressions, which models can't say"
            case .specialIndex: "Indexes that have more than models can say (operator classes, collations, settings)"
            case .invalidIndex: "Indexes whose build failed"
            case .specialConstraint: "Constraints of which models can't say all (deferrable, equal NULLs, MATCH FULL)"
            case .exclusion: "Exclusion constraints, which models can't say"
            case .foreignKey: "Foreign keys to tables that aren't among the models"
            case .notValidated: "Constraints that aren't validated; in new tables they are"
            case .type: "Types that models can't describe; a migration wants them to be there"
            case .sequence: "Sequences of other tables, or that don't count from 1; in new tables they are identities"
            case .serial: "Serial columns; in new tables they are identities"
            case .virtual: "Generated columns that aren't stored; in new tables they are"
            case .collation: "Collations of columns, which models can't say"
            case .function: "Functions of the database's own; a migration wants them to be there"
            case .partition: "Partitioned tables; new ones have no partitions"
            case .inheritance: "Tables that inherit from others, which models can't say"
            case .view: "Views and foreign tables, which migrations don't make"
            case .trigger: "Triggers, which models can't say"
            case .rule: "Rules, which models can't say"
            case .rowSecurity: "Row-level security, which models can't say"
            case .comment: "Comments, which models have as descriptions; migrations don't write them"
            }
        }
    }

    /// What kind of thing it is.
    public var kind: Kind
    /// The table or view.
    public var table: Catalog.TableName
    /// The column, index or constraint; nil for the table as a whole.
    public var name: String?
    /// The SQL of it, or what it stands on; nil where its name says it.
    public var detail: String?

    /// The name with its table, and what it is.
    public var description: String {
        let path = name.map { "\(table.shown).\($0)" } ?? table.shown
        guard let detail else { return path.onOneLine }
        let shown = detail.count > 120 ? String(detail.prefix(119)) + "…" : detail
        return "\(path) (\(shown))".onOneLine
    }
}

extension DiscoveredModels {
    /// What models can't say of the database, by kinds, some names in a sentence: `Checks that models can't say: orders.orders_check (…).`
    public var remarks: [String] {
        DiscoveryLoss.Kind.allCases.flatMap { kind -> [String] in
            let found = losses.filter { $0.kind == kind }.map(\.description)
            return stride(from: 0, to: found.count, by: 6).map { first in
                "\(kind.title): \(found[first..<min(first + 6, found.count)].joined(separator: ", "))."
            }
        }
    }
}

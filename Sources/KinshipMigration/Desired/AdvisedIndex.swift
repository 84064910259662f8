// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

/// An index that requests are answered faster with, and that no model asks for.
///
/// ```swift
/// var options = DesiredTables.Options()
/// options.indexes = [
///     AdvisedIndex(on: .init("public", "orders"), columns: [.init("customer_id")], reason: "Customer.orders is joined by it.")
/// ]
/// ```
///
/// What an index advisor says becomes one: a plan marks the step with its reason, and what was made stays when it is no longer advised.
public struct AdvisedIndex: Sendable, Hashable {
    /// The table.
    public var table: Catalog.TableName
    /// The columns in order, NULLs where their direction puts them: others are left out, for no model can ask for them.
    public var columns: [Catalog.Index.Column]
    /// Why, in a sentence.
    public var reason: String

    /// An index of a table.
    public init(on table: Catalog.TableName, columns: [Catalog.Index.Column], reason: String) {
        self.table = table
        self.columns = columns
        self.reason = reason
    }
}

// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

extension DefinitionReading {
    /// The schema of all that was read.
    ///
    /// - Parameters:
    ///   - catalog: what the database has; nil while that isn't known.
    ///   - check: finds what is wrong in its scopes.
    /// - Throws: ``SchemaError`` with every problem, of files, between them, and with the database.
    package func schema(
        in catalog: Catalog? = nil, checkingScopes check: SchemaBuilder.ScopeCheck
    ) throws(SchemaError) -> Schema {
        try SchemaBuilder.schema(
            of: definitions, warnings: warnings, catalog: catalog, leniency: leniency, besides: problems,
            unread: unread, checkingScopes: check)
    }
}

// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

extension DefinitionReading {
    /// The schema of all that was read.
    ///
    /// - Parameter check: finds what is wrong in its scopes.
    /// - Throws: ``SchemaError`` with every problem, of files and between them.
    package func schema(checkingScopes check: SchemaBuilder.ScopeCheck) throws(SchemaError) -> Schema {
        try SchemaBuilder.schema(
            of: definitions, warnings: warnings, leniency: leniency, besides: problems, unread: unread,
            checkingScopes: check)
    }
}

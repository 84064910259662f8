// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

/// What becomes of mistakes in definitions.
///
/// ```swift
/// let schema = try SchemaLoader.load(directory: "models", leniency: .lenient)
/// for warning in schema.warnings where warning.code == .leftOut { print(warning) }
/// ```
public enum Leniency: Sendable, Hashable {
    /// Every mistake is an error; all are told at once.
    case strict
    /// What doesn't work is left out with a warning (``DefinitionWarning/Code/leftOut``): a relation whose target, link model
    /// or keys don't exist, a scope that names what isn't there, a property that can't be read or has no column.
    ///
    /// What keeps records or properties back is never left out, for then more would be shown than was meant: default scopes,
    /// lists of hidden properties and bases stay errors, and a relation goes with its scope.
    case lenient
}

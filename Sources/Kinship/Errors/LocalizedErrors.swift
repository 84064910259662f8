// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

public import Foundation
public import Libpq
public import RelationPlanner

// `error.localizedDescription` says what `"\(error)"` says, instead of Foundation's "The operation couldn't be completed".

extension PlannerError: LocalizedError {
    /// The description.
    public var errorDescription: String? { description }
}

extension SchemaError: LocalizedError {
    /// The description.
    public var errorDescription: String? { description }
}

extension PostgresError: LocalizedError {
    /// The description.
    public var errorDescription: String? { description }
}

extension ConstraintViolation: LocalizedError {
    /// The description.
    public var errorDescription: String? { description }
}

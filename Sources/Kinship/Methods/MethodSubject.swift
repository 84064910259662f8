// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

public import RelationPlanner

/// What a method of the program's own is about: a ``RelationHandle``, a ``RecordHandle`` or a ``ModelHandle``.
public protocol MethodSubject: Sendable {
    /// Which of them.
    static var subject: MethodDefinition.Subject { get }
}

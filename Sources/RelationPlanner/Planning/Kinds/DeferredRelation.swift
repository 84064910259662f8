// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

/// A relation whose scope is a function of the parent's record (D11): it is planned and loaded when the parents have come.
enum DeferredRelation {
    static func add(_ asked: AskedRelation, to tree: inout StepTree) {
        tree.append(asked.node(asked.relation.target ?? asked.parent.model.id) { $0.isDeferred = true })
    }
}

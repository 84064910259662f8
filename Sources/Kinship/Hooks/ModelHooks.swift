// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

/// The hooks of one model, in their order.
struct ModelHooks: Sendable {
    typealias Change = @Sendable (inout HookContext) async throws -> Void
    typealias Validator = @Sendable (inout ValidationContext) async throws -> Void
    typealias End = @Sendable (CommitContext) async throws -> Void

    /// A hook, and what is read for it.
    struct Entry<Body: Sendable>: Sendable {
        let loading: Hooks.Loading
        let body: Body

        init(_ loading: Hooks.Loading, _ body: Body) {
            self.loading = loading
            self.body = body
        }
    }

    var access: [@Sendable (inout AccessContext) async throws -> Void] = []
    var loaded: [@Sendable (inout LoadedContext) async throws -> Void] = []
    var beforeSave: [Entry<Change>] = []
    var validators: [Entry<Validator>] = []
    var persist: [Entry<Change>] = []
    var afterSave: [Entry<Change>] = []
    var beforeDelete: [Entry<Change>] = []
    var afterDelete: [Entry<Change>] = []
    var afterCommit: [Entry<End>] = []
    var afterRollback: [Entry<End>] = []

    /// Whether the model's records keep others that validators look at.
    var keepsValidated = false

    /// Whether there is anything to do when records are changed.
    var takesPart: Bool { takesPartInSaves || takesPartInDeletes }

    /// Whether there is anything to do when records are made or changed.
    var takesPartInSaves: Bool {
        !(beforeSave.isEmpty && validators.isEmpty && persist.isEmpty && afterSave.isEmpty) || hasEnds || keepsValidated
    }

    /// Whether there is anything to do when records are deleted.
    var takesPartInDeletes: Bool { !(beforeDelete.isEmpty && afterDelete.isEmpty) || hasEnds }

    private var hasEnds: Bool { !(afterCommit.isEmpty && afterRollback.isEmpty) }

    private var endsLoad: Bool { (afterCommit + afterRollback).contains { $0.loading == .old } }

    /// Whether a hook of those that save wants the record as it was.
    var savesLoad: Bool {
        (beforeSave + persist + afterSave).contains { $0.loading == .old }
            || validators.contains { $0.loading == .old } || endsLoad
    }

    /// Whether a hook of those that delete wants the record as it was.
    var deletesLoad: Bool { (beforeDelete + afterDelete).contains { $0.loading == .old } || endsLoad }

    /// Whether anybody looks at records that have been written.
    var looksBehind: Bool { !afterSave.isEmpty || hasEnds }

    /// These, and then others.
    func followed(by other: ModelHooks) -> ModelHooks {
        var all = self
        all.access += other.access
        all.loaded += other.loaded
        all.beforeSave += other.beforeSave
        all.validators += other.validators
        all.persist += other.persist
        all.afterSave += other.afterSave
        all.beforeDelete += other.beforeDelete
        all.afterDelete += other.afterDelete
        all.afterCommit += other.afterCommit
        all.afterRollback += other.afterRollback
        return all
    }
}

// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

/// What a program does besides when records are read, written and deleted, by model; given to
/// ``Database/open(schema:connection:pool:trees:hooks:logger:)``.
///
/// ```swift
/// var hooks = Hooks()
/// hooks.beforeSave("Order") { save in
///     if save.isNew { save["status"] = "open" }
/// }
/// hooks.beforeDelete("Order", loading: .old) { deletion in
///     if deletion.old?["status"] == "paid" { throw Paid() }
/// }
/// hooks.validate("Order") { order in
///     let open = try await order.transaction.count("Order", where: ["customerId": order["customerId"] ?? .null])
///     if open.count > 9 { order.report("customerId", "has 10 orders already") }
/// }
/// hooks.afterCommit("Order") { end in await mail.send(end.key) }
/// let database = try await Database.open(schema: schema, connection: configuration, hooks: hooks)
/// ```
///
/// Hooks of one kind run in the order they were given in, those of a base model first, one after the other, in the transaction of the
/// operation: what one throws undoes all of it. A model without hooks is read and written as if there were none.
public struct Hooks: Sendable {
    /// What is read for a hook before it runs.
    public enum Loading: Sendable, Hashable {
        /// Nothing: of a change of many records it runs once, and is given the condition.
        case nothing
        /// The record as it was, held so that nobody else changes it: a statement more. Of a change of many it runs for each.
        case old
    }

    /// How deep operations of hooks may call for hooks in turn; deeper it is ``HookError``.
    public var maximumDepth = 16

    private(set) var byModel: [String: ModelHooks] = [:]

    /// No hooks.
    public init() {}

    /// Decides which records of a model may be reached: by reads, changes, deletes, includes, conditions and counts alike.
    ///
    /// ```swift
    /// hooks.access("Order") { access in access.narrow(["tenantId": .number(Tenant.current)]) }
    /// ```
    ///
    /// It runs once for each request that comes to the model, before anything is sent; what it throws refuses the request. New records
    /// are a matter of ``beforeSave(_:loading:_:)``. ``Session/unscoped`` doesn't get around it.
    public mutating func access(
        _ model: String, _ body: @escaping @Sendable (inout AccessContext) async throws -> Void
    ) {
        byModel[model, default: ModelHooks()].access.append(body)
    }

    /// Runs before data are checked and written; what it makes of them is checked and written as if it had been given.
    public mutating func beforeSave(
        _ model: String, loading: Loading = .nothing,
        _ body: @escaping @Sendable (inout HookContext) async throws -> Void
    ) {
        byModel[model, default: ModelHooks()].beforeSave.append(.init(loading, body))
    }

    /// Checks data beside the rules of their model; what it reports is told together with these, as one ``ValidationError``.
    ///
    /// With ``Loading/old`` ``ValidationContext/record`` is the record as it will be.
    public mutating func validate(
        _ model: String, loading: Loading = .nothing,
        _ body: @escaping @Sendable (inout ValidationContext) async throws -> Void
    ) {
        byModel[model, default: ModelHooks()].validators.append(.init(loading, body))
    }

    /// Runs when data have been checked, right before they are written, with the values that were filled in. What it makes of them has to
    /// suit the columns and the model's rules, and isn't validated again.
    public mutating func persist(
        _ model: String, loading: Loading = .nothing,
        _ body: @escaping @Sendable (inout HookContext) async throws -> Void
    ) {
        byModel[model, default: ModelHooks()].persist.append(.init(loading, body))
    }

    /// Runs when a record has been written, with the record as it is stored.
    public mutating func afterSave(
        _ model: String, loading: Loading = .nothing,
        _ body: @escaping @Sendable (inout HookContext) async throws -> Void
    ) {
        byModel[model, default: ModelHooks()].afterSave.append(.init(loading, body))
    }

    /// Runs before a record is deleted.
    public mutating func beforeDelete(
        _ model: String, loading: Loading = .nothing,
        _ body: @escaping @Sendable (inout HookContext) async throws -> Void
    ) {
        byModel[model, default: ModelHooks()].beforeDelete.append(.init(loading, body))
    }

    /// Runs when a record has been deleted; not where there was none.
    public mutating func afterDelete(
        _ model: String, loading: Loading = .nothing,
        _ body: @escaping @Sendable (inout HookContext) async throws -> Void
    ) {
        byModel[model, default: ModelHooks()].afterDelete.append(.init(loading, body))
    }

    /// Looks at the records of a model that an answer shows, at its root and in its includes, and may show something else.
    ///
    /// ```swift
    /// hooks.loaded("Customer") { loaded in
    ///     for index in loaded.records.indices { loaded.records[index]["email"] = "…" }
    /// }
    /// ```
    ///
    /// It runs once for each place in the answer, with all its records.
    public mutating func loaded(
        _ model: String, _ body: @escaping @Sendable (inout LoadedContext) async throws -> Void
    ) {
        byModel[model, default: ModelHooks()].loaded.append(body)
    }

    /// Runs once for each change of a record when the outermost transaction has been committed. What it throws is logged.
    public mutating func afterCommit(
        _ model: String, loading: Loading = .nothing, _ body: @escaping @Sendable (CommitContext) async throws -> Void
    ) {
        byModel[model, default: ModelHooks()].afterCommit.append(.init(loading, body))
    }

    /// Runs once for each change of a record, begun or done, when what it was part of has been rolled back for good.
    public mutating func afterRollback(
        _ model: String, loading: Loading = .nothing, _ body: @escaping @Sendable (CommitContext) async throws -> Void
    ) {
        byModel[model, default: ModelHooks()].afterRollback.append(.init(loading, body))
    }
}

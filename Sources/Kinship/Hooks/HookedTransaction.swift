// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

/// The transaction that an operation and its hooks run in.
struct HookedTransaction: Sendable {
    /// What hooks are given.
    let hooks: Transaction
    /// The caller's session, in which the operation itself runs, with its hooks left to who runs them.
    let own: Transaction
}

/// What was looked at before has become something else meanwhile: from the beginning, where that can be.
struct HookRace: Error {
    let error: any Error
}

extension Transaction {
    /// The same, changing no rows of a model but those with these keys.
    func only(_ keys: [JSONValue], of model: Model) -> Transaction {
        guard !model.primaryKey.isEmpty else { return self }
        var run = context.hooksRun ?? HooksRun()
        run.only[model.name] = keys
        return with(context.running(run))
    }

    /// The same, making a record of a model or changing the one there is.
    func choosing(isNew: Bool, of model: Model) -> Transaction {
        var run = context.hooksRun ?? HooksRun()
        run.decided = (model.name, isNew)
        return with(context.running(run))
    }

    /// The same, changing any rows.
    var free: Transaction {
        var run = context.hooksRun ?? HooksRun()
        (run.only, run.decided) = ([:], nil)
        return with(context.running(run))
    }

    /// The same, making these links.
    func making(_ links: NewLinks) -> Transaction {
        var run = context.hooksRun ?? HooksRun()
        run.newLinks = links
        return with(context.running(run))
    }
}

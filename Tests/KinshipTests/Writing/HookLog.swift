// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Kinship
import TestSupport

/// What hooks were told, in their order.
final class HookLog: Sendable {
    struct Refused: Error {}

    private let all = Locked<[String]>([])

    func tell(_ line: String) { all.withLock { $0.append(line) } }

    /// What was told since it was last asked.
    func take() -> [String] {
        all.withLock { lines in
            defer { lines = [] }
            return lines
        }
    }

    /// Hooks of all kinds for models, which only tell.
    func hooks(_ models: String..., loading: Hooks.Loading = .nothing) -> Hooks {
        var hooks = Hooks()
        for model in models {
            hooks.beforeSave(model, loading: loading) { [self] in tell("before save " + Self.text($0.change)) }
            hooks.validate(model, loading: loading) { [self] in tell("validate " + Self.text($0.change)) }
            hooks.persist(model, loading: loading) { [self] in tell("persist " + Self.text($0.change)) }
            hooks.afterSave(model, loading: loading) { [self] in tell("after save " + Self.text($0.change)) }
            hooks.beforeDelete(model, loading: loading) { [self] in tell("before delete " + Self.text($0.change)) }
            hooks.afterDelete(model, loading: loading) { [self] in tell("after delete " + Self.text($0.change)) }
            hooks.afterCommit(model) { [self] in tell("after commit " + Self.text($0.change)) }
            hooks.afterRollback(model) { [self] in tell("after rollback " + Self.text($0.change)) }
        }
        return hooks
    }

    static func text(_ change: HookedChange) -> String {
        let old = change.old.map { " old \($0["id"] ?? .null)" } ?? ""
        let many = change.condition.map { " where \($0)" } ?? ""
        let count = change.count.map { " count \($0)" } ?? ""
        return "\(change.model) \(change.kind.rawValue) \(change.key ?? "?")\(old)\(many)\(count)"
    }
}

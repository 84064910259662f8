// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

/// Asks once for what is asked twice: the same rows for the same keys; or for keys of other columns of the same rows, where
/// rows find their parents by value and so all keys can be asked for at once.
struct SharePass: Pass {
    func run(on tree: inout StepTree) {
        var kept: [Step.ID] = []
        for id in tree.order {
            guard let keys = tree.steps[id].inputs.first,
                let known = kept.first(where: { isShared(tree.steps[$0], by: tree.steps[id], keys) })
            else {
                kept.append(id)
                continue
            }
            if !tree.steps[known].inputs.contains(keys) { tree.change(known) { $0.inputs.append(keys) } }
            tree.replace(id, by: known)
        }
    }

    /// Whether a step can give the rows of another one as well.
    private func isShared(_ step: Step, by other: Step, _ keys: KeyFlow) -> Bool {
        guard let first = step.inputs.first, first.step == keys.step, step.model == other.model else { return false }
        let isUnited =
            step.lookup.map { $0.known == nil && ($0.access == .array || $0.access == .unnest) } ?? false
            && first.form == .values && keys.form == .values
        return (step.inputs == [keys] || isUnited) && step.givesRows(of: other)
    }
}

// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

/// Asks for what hangs from a root whose keys the filter names by these keys: nothing is waited for.
struct KnownKeysPass: Pass {
    func run(on tree: inout StepTree) {
        guard let known = tree.known else { return }
        for node in tree.nodes where node.parent == Node.root {
            guard tree.relation(of: node)?.sourceKey == [known.property] else { continue }
            for case let step? in [node.step, node.summary?.step] where step != StepTree.root {
                guard let lookup = tree.steps[step].lookup, lookup.timing == .early, !lookup.isNumbered else {
                    continue
                }
                tree.change(step) { $0.lookup?.known = known.slot }
            }
        }
    }
}

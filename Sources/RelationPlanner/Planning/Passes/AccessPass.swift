// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

/// Chooses how rows are looked up by their keys.
struct AccessPass: Pass {
    func run(on tree: inout StepTree) {
        for id in tree.order {
            guard var lookup = tree.steps[id].lookup, let read = tree.steps[id].read else { continue }
            let choice = choice(lookup, read, tree.schema)
            lookup.access = choice.access
            lookup.reason = choice.reason
            lookup.fencesOrder = choice.fencesOrder
            lookup.windowKeys = choice.windowKeys
            tree.change(id) { $0.lookup = lookup }
        }
    }

    private func choice(_ lookup: KeyLookup, _ read: Read, _ schema: Schema) -> AccessChoice {
        let carrier = schema[read.source.carrier]
        switch lookup.question {
        case .targets(let model, let relation):
            return AccessChoice(
                lookup.match, relation: schema.models[model].relations[relation], carrier: carrier, read: read,
                in: schema)
        case .rows: return AccessChoice(rowsBy: lookup.match, of: carrier, catalog: schema.catalog)
        case .numbers: return AccessChoice(numbersBy: lookup.match, carrier: carrier, catalog: schema.catalog)
        }
    }
}

// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

/// Says how each step gets to know its keys, and the round trip it goes out with.
struct StrategyPass: Pass {
    func run(on tree: inout StepTree) {
        let isOneTrip = tree.options.strategy == .oneTrip
        for id in tree.order {
            if isOneTrip { tree.changeRead(id) { $0.isNamed = $0.isNamed || $0.result == .rows } }
            guard let keys = tree.steps[id].inputs.first else { continue }
            let wave = tree.steps[keys.step].wave
            let passing = passing(of: tree.steps[id], from: tree.steps[keys.step], isOneTrip: isOneTrip)
            tree.change(id) { step in
                step.passing = passing
                step.wave = passing == .parameter ? wave + 1 : wave
                // How many keys there are is known where they are sent from here.
                if passing != .parameter || isOneTrip { step.lookup?.windowKeys = nil }
            }
        }
    }

    private func passing(of step: Step, from giver: Step, isOneTrip: Bool) -> KeyPassing {
        if step.isLocal { return .none }
        guard let lookup = step.lookup else { return .parameter }
        if lookup.known != nil { return .known }
        switch lookup.timing {
        case .handedOver: return .handedOver
        case .late: return .parameter
        case .early:
            let canBe = !giver.isLocal && lookup.match.parts.allSatisfy(\.parentType.canBeHandedOver)
            return isOneTrip && canBe ? .handedOver : .parameter
        }
    }
}

// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

extension ModelDefinition {
    /// The models that the definition refers to by name.
    var mentions: [String] {
        var names = [base]
        for relation in relations {
            names += [relation.model, relation.through].compactMap { $0 }
            if relation.model == nil, relation.polymorphic == nil { names.append(relation.name) }
        }
        for member in configuration?.relations ?? [] {
            names += ["model", "through"].compactMap { member.value[$0]?.text }
        }
        for property in properties {
            var kind = property.kind
            while case .array(let element) = kind { kind = element }
            if case .model(let name) = kind { names.append(name) }
        }
        return names
    }
}

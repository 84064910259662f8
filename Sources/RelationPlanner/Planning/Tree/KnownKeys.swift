// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

/// The keys of the root's records, where the filter names them: what hangs from these keys needn't wait for the rows.
struct KnownKeys {
    /// The key's property.
    let property: Property.ID
    /// The keys as an array.
    let slot: ParameterSlot
    /// Whether there is one record at most.
    let isPoint: Bool

    /// Finds `key = value`, beside whatever other conditions, or `key IN (values)` alone.
    ///
    /// Of a list only those that other conditions and limits let through would be needed, so it has to be alone.
    init?(_ filter: Filter, of model: Model) {
        guard model.primaryKey.count == 1, let key = model.primaryKey.first, !filter.distinct else { return nil }
        property = key
        let element = model.properties[key].columnType.readType
        for condition in filter.condition.conjuncts {
            guard case .comparison(Condition.Operand(key), .equal, let value) = condition,
                case .slot(let position) = value.contents, value.type.oid == element.oid
            else { continue }
            slot = .knownKey(position, element: element)
            isPoint = true
            return
        }
        guard case .member(Condition.Operand(key), let values, _, negated: false) = filter.condition,
            case .slot(let position) = values.contents, values.type.element?.oid == element.oid,
            !filter.limit.isSet, !filter.skip.isSet, filter.cursor == nil
        else { return nil }
        slot = .value(position, values.type)
        isPoint = false
    }
}

extension Filter {
    /// Whether the condition names the key of the one record it asks for.
    package func asksForOne(of model: Model) -> Bool { KnownKeys(self, of: model)?.isPoint ?? false }
}

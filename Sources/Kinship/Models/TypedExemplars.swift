// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

package import KinshipSchema

/// What types of a typed model say of valid values, for who makes records up: the first case of an enumeration.
package struct TypedExemplars: Sendable {
    /// That of a property, by its name; nil where its type doesn't say.
    package let value: @Sendable (String) -> JSONValue?
    /// Those of the model that a relation leads to.
    package let related: @Sendable (String) -> TypedExemplars?

    static func value<Value: PropertyValue>(of type: Value.Type) -> JSONValue? {
        func first<Cases: CaseIterable>(_ type: Cases.Type) -> Any? { type.allCases.first }
        guard let cases = type as? any CaseIterable.Type, let value = first(cases) as? any PropertyValue else {
            return .none
        }
        return try? value.storedValue
    }
}

extension TypedDefinition {
    /// What the types of its properties say.
    package var exemplars: TypedExemplars {
        TypedExemplars(
            value: { name in properties.first { $0.name == name }?.exemplar?() ?? .none },
            related: { name in relation(name)?.exemplars?() })
    }
}

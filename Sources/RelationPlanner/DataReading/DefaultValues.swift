// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

/// What properties are that nobody has given: the values that definitions say, and those that have to be made.
package struct DefaultValues: Sendable {
    /// Makes the value of a function by its name: `now`, `guid`, `uuid`, `uuidv4`, `shortid`, `nanoid`.
    private let make: @Sendable (_ function: String) -> JSONValue?
    /// Whose records they are, of models that have tenants; nil where that is for the data to say.
    private let tenant: JSONValue?

    package init(tenant: JSONValue? = nil, _ make: @escaping @Sendable (_ function: String) -> JSONValue?) {
        self.make = make
        self.tenant = tenant
    }

    /// The value of a property of a new record; nil where there is none.
    func value(of property: Property, in model: Model) -> JSONValue? {
        if let tenant, model.tenant?.id == property.id {
            // However it came, it is written as the property is.
            switch tenant {
            case .string(let text) where property.columnType.isInteger: return .number(text)
            case .number(let text) where property.columnType.isText: return .string(text)
            default: return tenant
            }
        }
        let definition = property.definition
        if let value = definition.defaultValue { return value == .null ? nil : value }
        if let function = definition.defaultFunction { return make(function) }
        // Lists of embedded records, and of keys, begin empty (as in LoopBack).
        for relation in model.relations where property.isImplied || relation.embedded == property.id {
            switch relation.kind {
            case .embedsMany where relation.embedded == property.id && !relation.omitsDefault: return .array([])
            case .referencesMany where relation.sourceKey == [property.id]: return .array([])
            default: break
            }
        }
        return nil
    }
}

extension Relation {
    fileprivate var omitsDefault: Bool {
        definition.options.first { $0.key == "omitDefaultEmbeddedItem" }?.value == .bool(true)
    }
}

// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

extension DesiredBuilder {
    // MARK: Types of the database's own

    /// Enumerations and domains that properties say all of: what they only name is taken to be there.
    mutating func addTypes() {
        for model in models {
            for property in model.properties { addTypes(of: property, in: model) }
        }
    }

    private mutating func addTypes(of property: Property, in model: Model) {
        let definition = property.definition
        guard let written = definition.dataType, let name = Catalog.TableName(type: written) else { return }
        let values = Enumeration.values(of: property)
        guard var domain = definition.domain else { return addEnumeration(values, name) }
        domain.type = TypeText.normal(domain.type, length: nil, precision: nil, scale: nil)
        if let base = Catalog.TableName(type: domain.type) { addEnumeration(values, base) }
        let known = desired.catalog.types[name]
        guard known == nil || known == .domain(domain) else {
            return problem(
                .definition, "\(model.name).\(property.name)",
                "The domain \"\(name.shown)\" is described in two ways. Say the same of it in all properties that have it, or leave \"domain\" to one of them."
            )
        }
        add(.domain(domain), name)
    }

    /// The type has the values of all properties that are kept in it.
    private mutating func addEnumeration(_ values: [String], _ name: Catalog.TableName) {
        guard !values.isEmpty else { return }
        var all = values
        switch desired.catalog.types[name] {
        case .enumeration(let known)?:
            all = Set(known).isSubset(of: values) ? values : known + values.filter { !known.contains($0) }
        case .some: return
        case nil: break
        }
        add(.enumeration(all), name)
    }

    private mutating func add(_ type: TableCatalog.UserType, _ name: Catalog.TableName) {
        desired.catalog.types[name] = type
        desired.catalog.schemas.insert(name.schema)
    }
}

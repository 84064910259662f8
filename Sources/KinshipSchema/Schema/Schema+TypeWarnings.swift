// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

extension Schema {
    /// Warns of properties that are declared as another type than their column has: values come as the column has them.
    mutating func noteTypesThatDiffer() {
        for model in models where model.isPersisted {
            for property in model.properties where !property.isImplied && !property.isTypeAssumed {
                // Keys have been given the types they have to have.
                guard property.kind == property.definition.kind, property.contradictsColumn else { continue }
                warnings.append(
                    DefinitionWarning(
                        .typeMismatch,
                        "\(model.name).\(property.name) is declared as \(property.kind.word), but its column \"\(property.column)\" is \(property.columnType.name).",
                        file: model.definition.file, path: "properties.\(property.name)", model: model.name,
                        property: property.name))
            }
        }
    }
}

extension Property {
    /// Whether the column holds something else than what is declared. Objects and lists may be kept as text.
    var contradictsColumn: Bool {
        let category = columnType.category
        switch kind {
        case .any: return false
        case .number: return !columnType.isNumeric
        case .boolean: return category != .bool
        case .date:
            switch category {
            case .date, .timestamp, .timestamptz, .time, .timetz: return false
            default: return true
            }
        case .buffer: return category != .bytea
        case .geopoint: return category != .point
        case .string:
            switch category {
            case .text, .uuid, .enumeration, .interval, .time, .timetz, .other: return false
            default: return true
            }
        case .object, .model: return !columnType.isJSON && category != .text
        case .array:
            if case .array = category { return false }
            return !columnType.isJSON && category != .text
        }
    }
}

extension Property.Kind {
    /// The type as a definition writes it.
    package var word: String {
        switch self {
        case .string: "string"
        case .number: "number"
        case .boolean: "boolean"
        case .date: "date"
        case .buffer: "buffer"
        case .geopoint: "geopoint"
        case .object: "object"
        case .any: "any"
        case .array(let element): "[\(element.word)]"
        case .model(let name): name
        }
    }
}

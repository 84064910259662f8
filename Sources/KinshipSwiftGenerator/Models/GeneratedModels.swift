// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import KinshipSchema

/// The models that are generated, with the names that they have in Swift.
struct GeneratedModels {
    let schema: Schema
    private(set) var all: [GeneratedModel] = []
    private(set) var enumerations = Enumerations()
    private var places: [String: Int] = [:]

    init(_ schema: Schema, _ options: GeneratorOptions) {
        self.schema = schema
        let models = Self.wanted(schema)
        var taken: Set<String> = []
        var types: [(model: Model, type: String)] = []
        for model in models {
            let type = SwiftNames.type(model.name, suffix: "Model", taken: taken)
            taken.insert(type.lowercased())
            types.append((model, type))
        }
        for model in models {
            for property in model.properties { enumerations.add(property.columnType, taken: &taken) }
        }
        for (model, type) in types {
            places[model.name] = all.count
            all.append(GeneratedModel(model, type, schema, enumerations, options))
        }
        // With the properties of all models, which keys are looked up in.
        let known = self
        for index in all.indices { all[index].addRelations(of: known, taken: taken) }
    }

    /// The generated form of a model.
    func model(_ id: Model.ID) -> GeneratedModel? { places[schema[id].name].map { all[$0] } }

    /// Those that files describe, and those that their relations lead to; not the links that the library makes by itself.
    private static func wanted(_ schema: Schema) -> [Model] {
        var wanted = Set(schema.definitions.map(\.name))
        var open = schema.models.filter { wanted.contains($0.name) }
        while let model = open.popLast() {
            for relation in model.relations {
                let link = relation.kind == .hasManyThrough ? relation.through?.model : nil
                for next in [relation.target, link].compactMap({ $0 }).map({ schema[$0] })
                where wanted.insert(next.name).inserted {
                    open.append(next)
                }
            }
        }
        return schema.models.filter { wanted.contains($0.name) }
    }
}

// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

/// Writes the list of all models.
struct ListWriter {
    /// The name of the list, and of its file.
    static let name = "GeneratedModels"

    private let models: GeneratedModels
    private let options: GeneratorOptions

    init(_ models: GeneratedModels, _ options: GeneratorOptions) {
        self.models = models
        self.options = options
    }

    func text() -> String {
        var text = SwiftText(options)
        text.imports(foundation: nil)
        text.blank()
        text.lines += declarations()
        return text.text
    }

    func declarations() -> [String] {
        var text = SwiftText(options)
        text.comment("The models that were generated, for `Schema(models:)` and `check(models:)`.")
        text.block("\(options.modifier)enum \(Self.name) {") { text in
            text.comment("All of them, in the order of their definitions.")
            text.block("\(options.modifier)static let all: [any TypedModel.Type] = [", tail: "]") { text in
                for model in models.all { text.line("\(model.type).self,") }
            }
        }
        return text.lines
    }
}

// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Kinship

extension Schema {
    /// The model of a name that a flag gives.
    ///
    /// - Throws: ``GeneratorError`` when there is none.
    func requiredModel(_ name: String, _ flag: String) throws(GeneratorError) -> Model {
        if let model = model(name) { return model }
        throw GeneratorError(
            .unknownModel, flag, "There is no model \"\(name)\".",
            remedy: Suggestion.hint(for: name, among: models.map(\.name).sorted(), kind: "models"))
    }
}

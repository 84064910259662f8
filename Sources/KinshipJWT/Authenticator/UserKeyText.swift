// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import KinshipSchema

/// The key of a user that a token names, as its column's texts are.
enum UserKeyText {
    /// nil for what is no value of the column: no text, no number, or another one than the column holds.
    static func text(_ claim: JSONValue?, of model: Model?) -> String? {
        let text: String
        switch claim {
        case .string(let given)?: text = given
        case .number(let given)?: text = given
        default: return nil
        }
        guard !text.isEmpty, !text.utf8.contains(0) else { return nil }
        guard let model, model.primaryKey.count == 1, let key = model.primaryKey.first else { return text }
        let type = model.properties[key].columnType
        guard let texts = StoredText(type), texts.accepts(text) else { return nil }
        // In one spelling: others compare texts.
        return UserKeySpelling(model).spelled(text)
    }
}

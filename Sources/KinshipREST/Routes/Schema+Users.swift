// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Kinship

extension Schema {
    /// Whether a model is LoopBack's `User`, or made of it, or of one that is called so.
    func isUser(_ model: Model, named other: String? = nil) -> Bool {
        var name = model.name
        // Longer than any chain of models that is no circle.
        for _ in 0...models.count {
            if name == "User" || name == other { return true }
            guard let next = self.model(name)?.definition.base else { return false }
            name = next
        }
        return false
    }
}

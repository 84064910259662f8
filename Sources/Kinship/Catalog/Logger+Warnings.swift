// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Logging
import MessageText
import RelationPlanner

extension Logger {
    /// Tells of what is odd in the definitions, each once, at level warning.
    func log(_ warnings: [DefinitionWarning], besides known: [DefinitionWarning] = []) {
        var told = Set(known)
        for warning in warnings where told.insert(warning).inserted {
            var metadata: Logger.Metadata = ["code": "\(warning.code.rawValue)"]
            metadata["file"] = warning.file.map { "\(MessageText.name($0))" }
            metadata["path"] = warning.path.map { "\(MessageText.name($0))" }
            metadata["model"] = warning.model.map { "\(MessageText.name($0))" }
            metadata["property"] = warning.property.map { "\(MessageText.name($0))" }
            metadata["relation"] = warning.relation.map { "\(MessageText.name($0))" }
            self.warning("\(warning.message)", metadata: metadata)
        }
    }
}

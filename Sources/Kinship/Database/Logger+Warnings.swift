// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Logging
import RelationPlanner

extension Logger {
    /// Tells of what is odd in the definitions, each once, at level warning.
    func log(_ warnings: [DefinitionWarning], besides known: [DefinitionWarning] = []) {
        var told = Set(known)
        for warning in warnings where told.insert(warning).inserted {
            var metadata: Logger.Metadata = ["code": "\(warning.code.rawValue)"]
            metadata["file"] = warning.file.map { "\($0)" }
            metadata["path"] = warning.path.map { "\($0)" }
            metadata["model"] = warning.model.map { "\($0)" }
            metadata["property"] = warning.property.map { "\($0)" }
            metadata["relation"] = warning.relation.map { "\($0)" }
            self.warning("\(warning.message)", metadata: metadata)
        }
    }
}

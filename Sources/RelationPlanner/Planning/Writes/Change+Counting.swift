// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

extension Change {
    /// The same change where whatever changes rows of a model whose changes are counted counts one more: rows that are changed
    /// for themselves, that refer to something else from now on, or whose lists have other entries.
    func counting(in schema: Schema) -> Change {
        var counting = self
        for position in parts.indices {
            guard let version = schema[parts[position].model].version else { continue }
            switch parts[position].action {
            case .update(var update):
                update.cells.removeAll { $0.property == version.id }
                let more = BoundValue(version.columnType, .integer(1))
                update.cells.append(Insert.Cell(version.id, .computed(.sum(more))))
                counting.parts[position].action = .update(update)
            case .insert(var insert):
                // Where nothing is set the row is only to come back.
                guard case .update(let key, var set, _, let condition) = insert.conflict, !set.isEmpty else { continue }
                if !set.contains(version.id) { set.append(version.id) }
                insert.conflict = .update(key, set: set, counting: version.id, condition: condition)
                counting.parts[position].action = .insert(insert)
            case .find, .delete: continue
            }
        }
        return counting
    }
}

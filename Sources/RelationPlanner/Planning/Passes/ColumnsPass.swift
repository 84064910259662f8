// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

/// Lays out the columns of each step, now that none is added any more.
struct ColumnsPass: Pass {
    func run(on tree: inout StepTree) {
        for id in tree.order {
            guard let read = tree.steps[id].read else { continue }
            let list = ColumnList(read.uses, of: read.source, in: tree.schema)
            tree.changeRead(id) { read in
                read.list = list
                read.uses = []
            }
            if read.result == .rows { tree.change(id) { $0.columns = list.resultColumns } }
        }
    }
}

// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

/// Turns one step into a statement: its text, and what is bound to its parameters.
struct StatementWriter {
    let schema: Schema

    /// The statement of a step; empty for rows that are made without one.
    func write(_ step: Step, id: Step.ID) throws(PlannerError) -> SQLText {
        var sql = SQLText()
        guard let read = step.read else { return sql }
        if let change = read.change {
            sql.keepsValuesApart = true
            try write(ChangeWriter(change, read, in: schema), step.handOvers, to: &sql)
            return sql
        }
        try HandOverWriter.write(step.handOvers, to: &sql) { (sql: inout SQLText) throws(PlannerError) in
            let select = SelectWriter(read, fencesOrder: step.lookup?.fencesOrder ?? false, in: schema)
            let keys = step.lookup.map { KeyWriter($0, step.passing, id: id) }
            switch (read.result, step.lookup, keys) {
            case (.rows, let lookup?, let keys?):
                try select.children(keys, access: lookup.access, isNumbered: lookup.isNumbered, to: &sql)
            case (.rows, _, _): try select.root(to: &sql)
            case (.total, _, _): try select.total(to: &sql)
            case (.numbers(let summary), let lookup?, let keys?):
                try select.numbers(summary, keys, access: lookup.access, to: &sql)
            case (.listNumbers(let summary, let key, let type), _, _):
                guard let lists = step.inputs.first?.step else { return }
                try select.numbers(summary, ofLists: lists, key: key, as: type, to: &sql)
            case (.numbers(let summary), _, _): try select.numbers(summary, to: &sql)
            case (.changed, _, _): break
            }
        }
        return sql
    }

    /// A change; where its rows' keys are handed over its parts stand beside what does that, for only the outermost WITH may
    /// change anything.
    private func write(
        _ writer: ChangeWriter, _ handOvers: [HandOver], to sql: inout SQLText
    ) throws(PlannerError) {
        guard !handOvers.isEmpty else { return try writer.write(to: &sql) }
        try HandOverWriter.write(
            handOvers,
            beside: writer.isPlain
                ? nil : { (sql: inout SQLText) throws(PlannerError) in try writer.writeParts(to: &sql) },
            to: &sql
        ) { (sql: inout SQLText) throws(PlannerError) in try writer.writeAnswer(to: &sql) }
    }

    /// What is sent ahead of a step's statement.
    func ahead(of step: Step) throws(PlannerError) -> [Fetch.Ahead] {
        var ahead: [Fetch.Ahead] = []
        for lock in step.read?.change?.ahead ?? [] {
            var sql = SQLText()
            sql.keepsValuesApart = true
            try ChangeWriter.write(lock, in: schema, to: &sql)
            ahead.append(Fetch.Ahead(text: sql.text, slots: sql.slots))
        }
        return ahead
    }

    /// What is sent behind a step's statement.
    func behind(_ step: Step) throws(PlannerError) -> [Fetch.Ahead] {
        let all = step.read?.change?.behind ?? []
        var behind: [Fetch.Ahead] = []
        for refresh in all {
            var sql = SQLText()
            sql.keepsValuesApart = true
            let others = all.filter { $0.giver == .refresh(refresh.number) }
            try CopyWriter(schema: schema, model: schema[refresh.group.holder]).write(refresh, giving: others, to: &sql)
            behind.append(Fetch.Ahead(text: sql.text, slots: sql.slots))
        }
        return behind
    }

    /// The statement of a step that is sent when there are many keys: it reads a window of all their rows.
    func writeForMany(_ step: Step, id: Step.ID) throws(PlannerError) -> SQLText {
        var sql = SQLText()
        guard let read = step.read, let lookup = step.lookup else { return sql }
        try SelectWriter(read, fencesOrder: false, in: schema)
            .children(KeyWriter(lookup, step.passing, id: id), access: .window, isNumbered: false, to: &sql)
        return sql
    }
}

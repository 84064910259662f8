// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Libpq
import RelationPlanner

/// The forms of the models that records were made of, each found out at first use.
final class RecordForms: Sendable {
    /// A form; nil inside for models whose records are always checked one by one.
    private struct Known: Sendable {
        let form: RecordForm?
    }

    private let known = Locked<[String: Known]>([:])

    /// That of a model; made by `make` at first use.
    func form<Failure: Error>(
        of name: String, make: () throws(Failure) -> RecordForm?
    ) throws(Failure) -> RecordForm? {
        if let known = known.withLock({ $0[name] }) { return known.form }
        let made = Known(form: try make())
        known.withLock { $0[name] = made }
        return made.form
    }
}

extension Planning {
    /// How data of new records of a model become values; nil where all of them are checked one by one.
    func form(of model: Model) -> RecordForm? {
        forms.form(of: model.name) { RecordForm(model, in: schema) }
    }

    /// The same of a model by its name.
    ///
    /// - Throws: ``PlannerError`` where there is no such model, or it has no table.
    func form(of name: String) throws(PlannerError) -> RecordForm? {
        try forms.form(of: name) { () throws(PlannerError) in RecordForm(try model(name), in: schema) }
    }
}

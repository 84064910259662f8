// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

/// Keys on their way from one step to another: those that stand in columns of a step's rows.
struct KeyFlow: Sendable, Hashable {
    /// The step whose rows hold the keys.
    var step: Step.ID
    /// Columns of these rows, one per part of the key.
    var columns: [StepColumn]
    /// How the columns hold keys.
    var form = Form.values

    /// See ``KeySource/Form-swift.enum``.
    enum Form: Sendable, Hashable {
        case values
        case typed(discriminator: StepColumn, type: String)
    }

    init(_ step: Step.ID, _ columns: [StepColumn], form: Form = .values) {
        self.step = step
        self.columns = columns
        self.form = form
    }

    /// Takes the keys from other columns, of another step.
    mutating func move(to step: Step.ID, _ column: (StepColumn) -> StepColumn) {
        self.step = step
        columns = columns.map(column)
        if case .typed(let discriminator, let type) = form {
            form = .typed(discriminator: column(discriminator), type: type)
        }
    }
}

// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

/// One step of a plan before there is any text: what is done, and with the keys of which other steps.
///
/// Steps are values: passes compare them, change them, merge them and take them away, and a step becomes a statement only when
/// nothing more is done to it. Columns of steps are named by what they are (``StepColumn``); they have positions in the plan only.
struct Step: Sendable, Hashable {
    /// Which step; in the plan its fetch has the position instead.
    typealias ID = Fetch.ID

    /// What a step does. Changes of rows will stand beside the reading: they take keys and hand keys on as it does.
    indirect enum Action: Sendable, Hashable {
        /// Reads rows of tables, or numbers about them.
        case read(Read)
        /// Makes rows here of a column of other rows, without a statement.
        case make(LocalStep)
    }

    /// What it does.
    var action: Action
    /// The model whose rows come.
    let model: Model.ID
    /// The steps whose keys it takes, several where relations share it; none for the root.
    var inputs: [KeyFlow] = []
    /// How a statement finds rows by these keys.
    var lookup: KeyLookup?
    /// What comes before the reason of the lookup.
    var reason: String
    /// The columns of its rows as the result has them; those of rows that are read are laid out when no pass adds any more.
    var columns: [Fetch.Column] = []

    // MARK: What the strategy says

    /// How it gets to know the keys.
    var passing = KeyPassing.none
    /// The round trip it goes out with.
    var wave = 0
    /// The keys that it leaves on the server for others.
    var handOvers: [HandOver] = []

    init(_ action: Action, model: Model.ID, inputs: [KeyFlow] = [], lookup: KeyLookup? = nil, reason: String = "") {
        self.action = action
        self.model = model
        self.inputs = inputs
        self.lookup = lookup
        self.reason = reason
    }

    /// What it reads; nil for rows that are made here.
    var read: Read? {
        get { if case .read(let read) = action { read } else { nil } }
        set { if let newValue { action = .read(newValue) } }
    }

    /// Whether there is no statement.
    var isLocal: Bool { if case .make = action { true } else { false } }

    /// Whether it gives the rows of another one as well, but for the keys these are found by: whose they are is compared in
    /// ``inputs``.
    func givesRows(of other: Step) -> Bool {
        model == other.model && wave == other.wave && passing == other.passing && columns == other.columns
            && (lookup == nil) == (other.lookup == nil)
            && (lookup.flatMap { own in other.lookup.map { own.asksLike($0) } } ?? true) && action == other.action
    }
}

/// Rows that are made of a column of others.
enum LocalStep: Sendable, Hashable {
    /// See ``LocalRows/references(list:key:)``.
    case references(list: ColumnType, key: ColumnType)
    /// See ``LocalRows/embedded(_:)``.
    case embedded(LocalRows.Embedded)
    /// The numbers of the records in the rows its keys come from.
    case counts
}

extension [Step] {
    /// The step with an id.
    subscript(id: Step.ID) -> Step {
        _read { yield self[id.index] }
        _modify { yield &self[id.index] }
    }
}

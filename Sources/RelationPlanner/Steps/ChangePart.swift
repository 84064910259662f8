// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

/// One part of a change: rows that are found, made, changed or deleted, and what later parts see of them.
package struct ChangePart: Sendable, Hashable {
    /// What is done.
    enum Action: Sendable, Hashable {
        case find(Find)
        case insert(Insert)
        case update(Update)
        case delete(RowMatch)
    }

    /// What of its rows is seen.
    enum Output: Sendable, Hashable {
        /// Nothing.
        case nothing
        /// Properties, by ``ChangePart/column(of:)``.
        case properties([Property.ID])
        /// How many records of an embedded list there are, as ``tally``.
        case tally(Property.ID, ItemMatch)
        /// What the answer shows, and properties for later parts.
        case answer(and: [Property.ID])

        static let answer = Output.answer(and: [])
    }

    /// The name that later parts know its rows by.
    let name: String
    /// The model whose table it is about.
    let model: Model.ID
    /// What is done.
    var action: Action
    /// What is seen of its rows.
    var output: Output

    /// The column of a number of embedded records.
    static let tally = "kinship_tally"

    /// The name that a property goes by among a part's columns: that of no table's.
    static func column(of property: Property.ID) -> String { "kinship_\(property)" }

    init(_ name: String, _ model: Model.ID, _ action: Action, output: Output = .nothing) {
        self.name = name
        self.model = model
        self.action = action
        self.output = output
    }
}

/// Rows that are looked up for later parts.
package struct Find: Sendable, Hashable {
    /// Which.
    var match: RowMatch
    /// How they are held.
    var lock: RowLock?
    /// The order, where there is a limit.
    var order: [OrderTerm] = []
    /// How many at most.
    var limit: BoundValue?
    /// How many are passed over.
    var skip: BoundValue?
    /// The list of the match that says for which of its places rows are looked for, where these are looked for at each place by
    /// itself: the place follows each row, and the first place whose other values are the same. A place without a row has one of
    /// NULLs.
    var each: Int?

    init(_ match: RowMatch, lock: RowLock? = nil) {
        self.match = match
        self.lock = lock
    }
}

/// Rows that are made.
package struct Insert: Sendable, Hashable {
    /// One value of each row.
    struct Cell: Sendable, Hashable {
        let property: Property.ID
        var value: ChangeValue

        init(_ property: Property.ID, _ value: ChangeValue) {
            self.property = property
            self.value = value
        }
    }

    /// What becomes of a row whose key is there already.
    enum Conflict: Sendable, Hashable {
        /// An error.
        case refuse
        /// It isn't made.
        case skip([Property.ID])
        /// The row that is there is changed: the properties named get the values that were to be made, and one counts it.
        case update([Property.ID], set: [Property.ID], counting: Property.ID?, condition: Condition)
    }

    /// The order of the rows of a part.
    struct Order: Sendable, Hashable {
        let part: String
        let properties: [Property.ID]
        /// The list whose values come first; nil where rows are made of no lists.
        var list: Int?
    }

    /// The values.
    var cells: [Cell]
    /// The lists that rows are made of, one row for each of their places; empty for one row.
    var lists: [ValueList] = []
    /// The parts whose rows it is made for, one for each.
    var from: [String] = []
    /// Which of their rows stand beside a row of the lists.
    var joined: [RowMatch.Joined] = []
    /// The parts that must have no row.
    var unless: [String] = []
    /// How many rows a part must have for anything to be made.
    var counted: RowMatch.Counted?
    /// The part that has to be done before.
    var after: String?
    /// Which rows of the parts it is made for it isn't made for: those that have a row here already.
    var missing: RowMatch?
    /// Properties of a part whose rows it is made for, in whose order rows are made: of whatever form the join is, the database
    /// makes the same keys, and two who make the same rows meet at the first of them.
    var order: Order?
    /// What becomes of a row whose key is there already.
    var conflict = Conflict.refuse

    init(_ cells: [Cell]) { self.cells = cells }
}

/// Rows that are changed.
package struct Update: Sendable, Hashable {
    /// The new values.
    var cells: [Insert.Cell]
    /// Which.
    var match: RowMatch

    init(_ cells: [Insert.Cell], _ match: RowMatch) {
        self.cells = cells
        self.match = match
    }
}

// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

/// One statement of a plan: its text, what is bound to it, and where the keys it asks for come from.
public struct Fetch: Sendable, Hashable {
    /// Which fetch of a plan it is.
    public typealias ID = Identifier<Fetch>

    /// The root's.
    package static var root: ID { ID(0) }

    /// Which of ``Plan/fetches`` it is.
    public let id: ID
    /// The rows whose keys it asks for, several where relations share the statement; none for the root.
    public let keys: [KeySource]
    /// How it gets to know them.
    public let passing: KeyPassing
    /// The round trip it goes out with, from 0.
    public let wave: Int
    /// The model whose rows come back.
    public let model: Model.ID
    /// The statement with `$1` … `$n`.
    public let text: String
    /// What is bound to `$1` … `$n`, in order.
    public let slots: [ParameterSlot]
    /// The columns of the result, in order.
    public let columns: [Column]
    /// How the keys are looked up.
    public let access: Access
    /// Why this way, in words.
    public let reason: String
    /// Set for rows that are made here of the one row set in ``keys``: there is no statement then.
    public let local: LocalRows?
    /// What is sent ahead of it in the same round trip: locks, whose rows are nobody's.
    public internal(set) var ahead: [Ahead] = []
    /// What is sent behind it in the same round trip, ahead of what reads: copies of what a change changes.
    public internal(set) var behind: [Ahead] = []
    /// What a change does, part by part, in the order in which they stand in the statement; empty for what only reads.
    public internal(set) var parts: [Part] = []
    /// Another statement for the same rows, sent from so many keys on; nil where one serves any number.
    public let forMany: ForMany?

    /// A part of a change.
    public struct Part: Sendable, Hashable {
        /// What is done.
        public enum Action: String, Sendable, Hashable {
            /// Rows are looked up.
            case find
            /// Rows are made.
            case insert
            /// Rows are changed.
            case update
            /// Rows are deleted.
            case delete
        }

        /// The name that other parts, and the statement, know its rows by.
        public let name: String
        /// What is done.
        public let action: Action
        /// The model whose rows these are.
        public let model: Model.ID
        /// The parts whose values it takes, or whose rows decide about its own.
        public let takes: [String]
        /// How its rows are held: `FOR SHARE`; nil where they aren't, or are changed.
        public let lock: String?
        /// Whether its rows are the answer.
        public let answers: Bool
    }

    /// A statement that is sent ahead of a change, or behind it.
    public struct Ahead: Sendable, Hashable {
        /// The statement with `$1` … `$n`.
        public let text: String
        /// What is bound to `$1` … `$n`, in order.
        public let slots: [ParameterSlot]
    }

    /// A statement that takes the place of the fetch's own when there are many keys.
    public struct ForMany: Sendable, Hashable {
        /// The smallest number of keys it is for.
        public let minimumKeys: Int
        /// The statement with `$1` … `$n`; its rows have the fetch's columns.
        public let text: String
        /// What is bound to `$1` … `$n`, in order.
        public let slots: [ParameterSlot]
        /// How the keys are looked up.
        public let access: Access
        /// Why this way, in words.
        public let reason: String
    }

    /// What is sent for so many keys.
    public func statement(forKeys count: Int) -> (text: String, slots: [ParameterSlot], access: Access) {
        guard let forMany, count >= forMany.minimumKeys else { return (text, slots, access) }
        return (forMany.text, forMany.slots, forMany.access)
    }

    /// One column of the result.
    public struct Column: Sendable, Hashable {
        /// The model it is a property of: the fetch's, a link model, or one joined in.
        public let model: Model.ID
        /// The property, nil for a column that is none (an ordinal, a count).
        public let property: Property.ID?
        /// The type the values come in.
        public let type: ColumnType
        /// The name in the result.
        package let output: String
        /// The alias of the fetch's own model.
        package static let ownAlias = "t"
        /// The alias it comes from, which tells several columns of one property apart.
        package let alias: String

        init(
            _ model: Model.ID, property: Property.ID?, type: ColumnType, output: String,
            alias: String = RowSource.alias
        ) {
            self.model = model
            self.property = property
            self.type = type
            self.output = output
            self.alias = alias
        }
    }

    /// The ways to look rows up.
    public enum Access: String, Sendable, Hashable {
        /// The root's own condition.
        case root = "root"
        /// `key = ANY(array)`: the array hidden from the server's planner, so that planning costs nothing per key.
        case array = "array"
        /// `key IN (SELECT unnest(array))`: a hash join where no index serves the key.
        case unnest = "unnest"
        /// A join with the numbered keys, where equal values can differ in their bytes or keys have several parts.
        case ordinality = "ordinality join"
        /// `LATERAL` with a limit for each key, where an index serves the key.
        case lateral = "lateral"
        /// `ROW_NUMBER()` per key, where none does.
        case window = "window"
        /// `DISTINCT ON` the key: the first row of each.
        case distinctOn = "distinct on"
        /// No statement: what a column of other rows holds.
        case local = "local"
    }
}

// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

public import RelationPlanner

/// How trees of related records are read.
///
/// ```swift
/// let options = TreeOptions(strategy: .oneTrip, snapshot: .consistent)
/// let database = try await Database.open(schema: schema, connection: connection, trees: options)
/// ```
public struct TreeOptions: Sendable, Hashable {
    /// What the statements of one tree see of other transactions.
    public enum Snapshot: String, Sendable, Hashable {
        /// Each statement sees what was committed when it began: a tree read meanwhile can have a row of before beside one of
        /// after a change. PostgreSQL's `READ COMMITTED`.
        case perStatement
        /// All statements see the same. The tree is read in a `REPEATABLE READ READ ONLY` transaction, whose beginning and end
        /// travel with the statements where these take one round trip, and else cost one more.
        case consistent
    }

    /// How statements follow each other; nil for what is faster over the measured round trip.
    public var strategy: Strategy?
    /// What they see of others.
    public var snapshot: Snapshot
    /// How many rows all statements of one tree may give together; nil for any number. With the first row too many reading stops
    /// and the statement is cancelled.
    public var maximumRows: Int?
    /// How many bytes of memory these rows may take, as ``Graph/memorySize`` counts them; nil for any number. Likewise.
    public var maximumBytes: Int?
    /// How many records may be written as JSON, one that is included at several places counted at each; nil for any number. They
    /// are counted before anything is written.
    public var maximumRecordsWritten: Int?
    /// How many bytes of JSON may be written, all pieces together; nil for any number.
    public var maximumBytesWritten: Int?
    /// How many steps of work a request may cause in this process, trying its filters on embedded records; nil for any number. A
    /// step is about what looking at one character, one member or one state of a regular expression takes. Beyond half a million
    /// the work is done a twentieth of the time, beside that of others. Of a stream each batch counts by itself.
    public var maximumSteps: Int?
    /// How many records a list has whose filter and scopes have no limit; nil for all. `"limit": 0` in a filter asks for all
    /// (K2), and so does a stream.
    public var defaultLimit: Int?

    /// Whether a row of a polymorphic relation that names no model is an error, `UNKNOWN_POLYMORPHIC_TYPE`; else its relation
    /// is null and a warning is logged (D18).
    public var strictPolymorphic: Bool

    /// How values are shown in JSON, unless a graph is asked for something else.
    public var json: JSONOptions
    /// What the cursors of pages are sealed with (B6). With a key only those that were made with it are taken.
    public var cursors: CursorSeal

    /// How large filters may be; a request from outside may have others than the program's own.
    public var filterLimits: FilterLimits
    /// Whether scopes narrow requests instead of replacing what these say, as they do queries of typed models.
    var isNarrowing = false

    /// Options for trees.
    public init(
        strategy: Strategy? = nil, snapshot: Snapshot = .perStatement, maximumRows: Int? = nil,
        maximumBytes: Int? = nil, strictPolymorphic: Bool = false,
        json: JSONOptions = JSONOptions(), cursors: CursorSeal = .unsigned,
        maximumRecordsWritten: Int? = 1_000_000, maximumBytesWritten: Int? = 128 << 20, defaultLimit: Int? = nil,
        maximumSteps: Int? = 20_000_000, filterLimits: FilterLimits = .standard
    ) {
        self.strategy = strategy
        self.snapshot = snapshot
        self.maximumRows = maximumRows
        self.maximumBytes = maximumBytes
        self.strictPolymorphic = strictPolymorphic
        self.maximumRecordsWritten = maximumRecordsWritten
        self.maximumBytesWritten = maximumBytesWritten
        self.defaultLimit = defaultLimit
        self.maximumSteps = maximumSteps
        self.json = json
        self.cursors = cursors
        self.filterLimits = filterLimits
    }

    var outputLimits: OutputLimits { OutputLimits(records: maximumRecordsWritten, bytes: maximumBytesWritten) }

    /// The strategy over a round trip of a length.
    ///
    /// Measured: handing keys over on the server costs up to a tenth more of the statements' CPU, and saves a round trip
    /// for each level. What is asked of one record costs next to nothing, so there it always pays.
    func strategy(roundTrip: Duration, isPoint: Bool) -> Strategy {
        strategy ?? (isPoint || roundTrip >= Self.worthwhileRoundTrip ? .oneTrip : .byLevel)
    }

    /// From here on a tree in one round trip is faster than one by levels.
    static let worthwhileRoundTrip = Duration.microseconds(100)
}

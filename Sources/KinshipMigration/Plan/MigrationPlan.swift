// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

/// How tables become what models ask for: steps in an order that works, and what stands against it.
///
/// ```swift
/// let plan = MigrationPlan(from: current, to: desired, allowingLoss: ["person.age"])
/// guard plan.problems.isEmpty else { … }
/// for step in plan.steps { print(step) }
/// ```
///
/// What isn't in the models is left alone, unless `known` has it too: then a migration made it, and it goes. Nothing that has values
/// goes without being named.
public struct MigrationPlan: Sendable, Hashable {
    /// What is known of the rows of a table.
    public struct TableFacts: Sendable, Hashable {
        /// How many there are, about.
        public var rows: Int?
        /// Whether it is sure that there are none.
        public var isEmpty: Bool

        /// Facts of a table.
        public init(rows: Int? = nil, isEmpty: Bool = false) {
            self.rows = rows
            self.isEmpty = isEmpty
        }
    }

    /// The steps.
    public package(set) var steps: [MigrationStep] = []
    /// What isn't done: while there is one, nothing should be.
    public package(set) var problems: [MigrationProblem] = []
    /// What no model asks for and stays: `person.secret`, `person.person_lower`.
    public internal(set) var unmanaged: [String] = []
    /// Indexes that are advised, and that nobody asked to be made: see ``DesiredTables/Options/onlySuggestsIndexes``.
    public internal(set) var suggestions: [MigrationStep] = []
    /// What isn't done for values may not fit, for whoever can look at them.
    package internal(set) var refusedChanges: [RefusedChange] = []

    /// The plan that leads from one state to another.
    ///
    /// - Parameters:
    ///   - current: what the database has.
    ///   - desired: what the models ask for.
    ///   - known: what it was made into last; nil when that isn't known, and nothing is dropped.
    ///   - facts: what is known of rows. A table that isn't in it has some.
    ///   - allowingLoss: what may go with its values: `person.age` for a column, `person` for a table.
    ///   - namesTables: whether a table has to be named to go even if it has no rows: it may be another program's.
    public init(
        from current: TableCatalog, to desired: DesiredTables, known: TableCatalog? = nil,
        facts: [Catalog.TableName: TableFacts] = [:], allowingLoss: Set<String> = [], namesTables: Bool = false
    ) {
        var differ = Differ(current, desired, known, facts, allowingLoss, namesTables: namesTables)
        differ.run()
        steps = differ.steps.enumerated()
            .sorted { ($0.element.rank, $0.offset) < ($1.element.rank, $1.offset) }.map(\.element)
        problems = differ.problems
        unmanaged = differ.unmanaged.sorted()
        suggestions = differ.suggestions
        refusedChanges = differ.refusedChanges
    }

    /// What it does, in twelve hexadecimal digits: of two plans that do the same in the same way they are the same.
    ///
    /// Numbers of rows don't count.
    public var digest: String {
        String(TextDigest.of(steps.map(\.essence).joined(separator: "\n")).prefix(12))
    }

    /// How another plan differs from this one, a line each: `- ` what it doesn't do, `+ ` what it does as well. Empty when both do the same.
    public func difference(to other: MigrationPlan) -> [String] {
        let (own, others) = (steps.map(\.essence), other.steps.map(\.essence))
        guard own != others else { return [] }
        let lines =
            own.filter { !others.contains($0) }.map { "- \($0)" }
            + others.filter { !own.contains($0) }.map { "+ \($0)" }
        return lines.isEmpty ? ["the same steps in another order"] : lines
    }

    /// The steps as SQL with their costs, or that there is nothing to do.
    public var description: String {
        steps.isEmpty ? "-- Nothing to do." : steps.map(\.description).joined(separator: "\n\n")
    }
}

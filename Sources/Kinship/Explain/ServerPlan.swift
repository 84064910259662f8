// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

public import RelationPlanner

/// What PostgreSQL says it did for one statement: its `EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON)`.
///
/// ```swift
/// let explanation = try await database.explain("Order", filter: ["limit": 1], analyze: .server)
/// for node in explanation.serverPlans[0]?.nodes ?? [] {
///     print(node.description, node.rows)  // Index Scan using orders_pkey on orders 1.0
/// }
/// ```
public struct ServerPlan: Sendable, Hashable {
    /// One step of the server's plan.
    public struct Node: Sendable, Hashable {
        /// What it does, in the server's words: `Index Scan using orders_customer_id on orders`.
        public let description: String
        /// How many steps it stands below the first one.
        public let depth: Int
        /// Rows that came out of it, all its runs together.
        public let rows: Double
        /// How often it was run; 0 when it wasn't needed.
        public let loops: Double
        /// Rows that were read and did not match its filter, all runs together.
        public let removedRows: Double
    }

    /// The steps, each before those below it.
    public let nodes: [Node]
    /// How long the server planned.
    public let planningTime: Duration
    /// How long it took to run the statement, measuring included.
    public let executionTime: Duration
    /// Pages of tables and indexes that were in the server's cache.
    public let foundPages: Int
    /// Pages that had to be read from the disk or the system's cache.
    public let readPages: Int
    /// All of the server's answer.
    public let json: JSONValue

    /// Reads the server's answer; nil when it is something else.
    init?(_ json: JSONValue) {
        guard let statement = json.elements?.first, let root = statement["Plan"] else { return nil }
        self.json = json
        var nodes: [Node] = []
        // An explicit stack: the server's plans may be deep.
        var pending = [(plan: root, depth: 0)]
        while let (plan, depth) = pending.popLast() {
            nodes.append(Node(plan, depth: depth))
            pending += (plan["Plans"]?.elements ?? []).reversed().map { ($0, depth + 1) }
        }
        self.nodes = nodes
        planningTime = .milliseconds(statement.number("Planning Time"))
        executionTime = .milliseconds(statement.number("Execution Time"))
        // Those of a step are those below it as well.
        foundPages = Int(root.number("Shared Hit Blocks"))
        readPages = Int(root.number("Shared Read Blocks"))
    }
}

extension ServerPlan.Node {
    fileprivate init(_ plan: JSONValue, depth: Int) {
        self.depth = depth
        loops = plan.number("Actual Loops")
        rows = (plan.number("Actual Rows") * loops).rounded()
        removedRows =
            ((plan.number("Rows Removed by Filter") + plan.number("Rows Removed by Join Filter")) * loops).rounded()
        var words = plan["Node Type"]?.text ?? "?"
        if plan["Parallel Aware"] == true { words = "Parallel \(words)" }
        if let kind = plan["Join Type"]?.text, kind != "Inner" { words += " (\(kind))" }
        if let kind = plan["Strategy"]?.text, kind != "Plain" { words += " (\(kind))" }
        if plan["Scan Direction"]?.text == "Backward" { words += " Backward" }
        if let index = plan["Index Name"]?.text {
            words += plan["Relation Name"] == nil ? " on \(index)" : " using \(index)"
        }
        let source = ["Relation Name", "Function Name", "CTE Name"].lazy.compactMap { plan[$0]?.text }.first
        if let source { words += " on \(source)" }
        if let name = plan["Subplan Name"]?.text { words = "\(name): \(words)" }
        description = words
    }
}

extension JSONValue {
    /// 0 for what isn't there; no count and no time of the server is beyond what an integer holds.
    fileprivate func number(_ key: String) -> Double {
        guard case .number(let text)? = self[key], let number = Double(text), abs(number) < 1e15 else { return 0 }
        return number
    }
}

// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

internal import Kinship
internal import Libpq
internal import Logging
internal import RelationPlanner

/// Questions about single statements: the planner's text, and others that give the same rows.
struct StatementQuestions {
    /// Copies of the orders: without an index on the customer, and with one that has the order as well.
    private enum Copy: String, CaseIterable {
        case unindexed = "kinship_unindexed"
        case ordered = "kinship_ordered"
    }

    private let database: Database
    private let connection: Connection
    private let planner: Planner

    init(schema: Schema, connection configuration: ConnectionConfiguration) async throws {
        var configuration = configuration
        configuration.statementTimeout = .seconds(60)
        database = try await Database.open(
            schema: schema, connection: configuration, pool: PoolConfiguration(maximumConnections: 1),
            logger: Logger(label: "kinship-bench"))
        connection = try await Connection.connect(configuration, logger: Logger(label: "kinship-bench"))
        try await connection.execute(Statement("SET plan_cache_mode = force_generic_plan"))
        for copy in Copy.allCases {
            try await connection.execute(
                Statement("CREATE TEMP TABLE \(copy.rawValue) AS SELECT * FROM public.orders"))
        }
        try await connection.execute(
            Statement("CREATE INDEX ON \(Copy.ordered.rawValue) (customer_id, total DESC, id)"))
        for copy in Copy.allCases { try await connection.execute(Statement("ANALYZE \(copy.rawValue)")) }
        planner = Planner(schema: database.schema, catalog: database.schema.catalog)
    }

    /// A planner that takes a copy's indexes for those of the orders.
    private func planner(_ copy: Copy?) -> Planner {
        guard let copy, let catalog = database.schema.catalog else { return planner }
        return Planner(
            schema: database.schema,
            catalog: Catalog(
                catalog.tables.values.map { table in
                    var table = table
                    table.indexes =
                        copy == .unindexed
                        ? []
                        : [
                            Catalog.Index(
                                name: "",
                                columns: [.init("customer_id"), .init("total", isDescending: true), .init("id")])
                        ]
                    return table
                }))
    }

    // MARK: Questions

    /// The orders of customers.
    func children(parents: Int) throws -> ChoiceQuestion {
        let chosen = try fetch("Customer", #"{"include": "orders"}"#)
        let columns = Self.columns(of: chosen)
        return try question(
            "children of \(parents)", chosen, parents: parents,
            others: [
                (
                    "visible array",
                    "SELECT \(columns) FROM public.orders t WHERE t.customer_id = ANY($1::int[]) ORDER BY t.id"
                ),
                (
                    "hash join",
                    "SELECT \(columns) FROM public.orders t WHERE t.customer_id IN (SELECT unnest($1::int[])) ORDER BY t.id"
                ),
                (
                    "join",
                    "SELECT \(columns) FROM unnest($1::int[]) k(key) JOIN public.orders t ON t.customer_id = k.key ORDER BY t.id"
                ),
            ])
    }

    /// The three largest orders of each customer, of ten; no index has them in this order.
    func limited(parents: Int) throws -> ChoiceQuestion {
        try firstOrders("3 of 10 of each of \(parents)", parents: parents, in: nil)
    }

    /// The three largest orders of each customer with an index that has them in this order.
    func orderedLimited(parents: Int) throws -> ChoiceQuestion {
        try firstOrders("3 of each of \(parents), in order", parents: parents, in: .ordered)
    }

    /// The three largest orders of each customer without an index.
    func unindexedLimited(parents: Int) throws -> ChoiceQuestion {
        try firstOrders("3 of each of \(parents), no index", parents: parents, in: .unindexed)
    }

    /// The three dearest items of each product, of 300; no index has them in this order.
    func widelyLimited(parents: Int) throws -> ChoiceQuestion {
        let chosen = try fetch(
            "Product", #"{"include": {"relation": "items", "scope": {"order": "price DESC", "limit": 3}}}"#)
        return try question(
            "3 of 300 of each of \(parents)", chosen, parents: parents, limit: 3,
            others: [
                Self.other(than: chosen, "public.items", key: "product_id", order: "t.price DESC, t.id", parents)
            ])
    }

    private func firstOrders(_ name: String, parents: Int, in copy: Copy?) throws -> ChoiceQuestion {
        let chosen = try fetch(
            "Customer", #"{"include": {"relation": "orders", "scope": {"order": "total DESC", "limit": 3}}}"#,
            planner(copy))
        let other = Self.other(
            than: chosen, copy?.rawValue ?? "public.orders", key: "customer_id", order: "t.total DESC, t.id", parents)
        return try question(name, chosen, parents: parents, limit: 3, copy: copy, others: [other])
    }

    /// The orders of customers without an index.
    func unindexed(parents: Int) throws -> ChoiceQuestion {
        let chosen = try fetch("Customer", #"{"include": "orders"}"#, planner(.unindexed))
        let columns = Self.columns(of: chosen)
        return try question(
            "children of \(parents), no index", chosen, parents: parents, copy: .unindexed,
            others: [
                (
                    "array",
                    "SELECT \(columns) FROM \(Copy.unindexed.rawValue) t WHERE t.customer_id = ANY((SELECT $1)::int[]) ORDER BY t.id"
                )
            ])
    }

    /// The patients of physicians.
    func through(parents: Int) throws -> ChoiceQuestion {
        let chosen = try fetch("Physician", #"{"include": "patients"}"#)
        let columns = Self.columns(of: chosen)
        return try question(
            "linked targets of \(parents)", chosen, parents: parents,
            others: [
                (
                    "links first",
                    "WITH l AS MATERIALIZED (SELECT l.id, l.physician_id, l.patient_id FROM public.appointments l WHERE l.physician_id = ANY((SELECT $1)::int[])) SELECT \(columns) FROM l JOIN public.patients t ON t.id = l.patient_id ORDER BY t.id, l.id"
                )
            ])
    }

    /// The first ten orders by their customers' names.
    func orderedByRelated() throws -> ChoiceQuestion {
        let chosen = try fetches("Order", #"{"order": "customer.name", "limit": 10}"#, planner)[0]
        var limit = Parameters()
        try limit.append(Int64(10))
        return question(
            "10 by a relation", chosen.access, chosen.text, limit,
            others: [
                (
                    "sub-select",
                    "SELECT \(Self.columns(of: chosen)) FROM public.orders t ORDER BY (SELECT r.name FROM public.customers r WHERE r.id = t.customer_id), t.id LIMIT $1"
                )
            ])
    }

    // MARK: Parts

    /// The other way to take the first rows of each key.
    private static func other(
        than chosen: Fetch, _ table: String, key: String, order: String, _ parents: Int
    ) -> (name: String, text: String) {
        let columns = columns(of: chosen)
        return chosen.statement(forKeys: parents).access == .window
            ? (
                "lateral",
                "SELECT \(columns) FROM unnest($1::int[]) k(key) CROSS JOIN LATERAL (SELECT * FROM \(table) t WHERE t.\(key) = k.key ORDER BY \(order) LIMIT $2) t"
            )
            : (
                "window",
                "SELECT \(columns) FROM (SELECT t.*, row_number() OVER (PARTITION BY t.\(key) ORDER BY \(order)) AS place FROM \(table) t WHERE t.\(key) = ANY((SELECT $1)::int[])) t WHERE t.place <= $2 ORDER BY t.place"
            )
    }

    /// The columns a fetch selects, by their aliases.
    private static func columns(of fetch: Fetch) -> String {
        guard let start = fetch.text.firstRange(of: "SELECT "), let end = fetch.text.firstRange(of: " FROM ") else {
            return "*"
        }
        return String(fetch.text[start.upperBound..<end.lowerBound])
    }

    /// The planner's fetch of the one relation of a filter.
    private func fetch(_ model: String, _ filter: String, _ planner: Planner? = nil) throws -> Fetch {
        let fetches = try fetches(model, filter, planner ?? self.planner)
        guard fetches.count == 2 else { throw BenchmarkError("\(filter) has \(fetches.count) statements") }
        return fetches[1]
    }

    private func fetches(_ model: String, _ filter: String, _ planner: Planner) throws -> [Fetch] {
        guard let id = database.schema.model(model)?.id else { throw BenchmarkError("the models lack \(model)") }
        let checked = try database.schema.filter(JSONValue(parsing: filter), for: id)
        let (shape, _) = try database.scopedSchema.resolved(checked, for: id).parameterized()
        return try planner.plan(shape, for: id, strategy: .byLevel).fetches
    }

    /// A question about the rows of many parents: the first parameter is their keys.
    private func question(
        _ name: String, _ chosen: Fetch, parents: Int, limit: Int? = nil, copy: Copy? = nil,
        others: [(name: String, text: String)]
    ) throws -> ChoiceQuestion {
        var parameters = Parameters()
        try parameters.append((1...Int32(parents)).map { $0 })
        if let limit { try parameters.append(Int64(limit)) }
        let sent = chosen.statement(forKeys: parents)
        let text =
            copy.map { copy in
                sent.text.split(separator: "\"public\".\"orders\"", omittingEmptySubsequences: false)
                    .joined(separator: copy.rawValue)
            } ?? sent.text
        return question(name, sent.access, text, parameters, others: others)
    }

    private func question(
        _ name: String, _ access: Fetch.Access, _ text: String, _ parameters: Parameters,
        others: [(name: String, text: String)]
    ) -> ChoiceQuestion {
        let connection = connection
        func way(_ name: String, _ text: String) -> ChoiceQuestion.Way {
            ChoiceQuestion.Way(name: name) { try await connection.execute(Statement(text, parameters)).count }
        }
        return ChoiceQuestion(
            name: name, ways: [way(access.rawValue, text)] + others.map { way($0.name, $0.text) },
            databases: [database])
    }
}

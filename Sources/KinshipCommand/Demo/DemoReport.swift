// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Kinship
import RelationPlanner

/// What the demo prints.
struct DemoReport {
    /// The model the demo asks for.
    static let model = "Customer"
    /// What it asks: three levels, siblings, limits that hold for each parent.
    static let question = """
        {
          "where": {"vip": true},
          "order": "name",
          "limit": 2,
          "fields": ["id", "name", "city"],
          "include": [
            {"relation": "orders", "scope": {
              "order": "placedAt DESC", "limit": 2, "fields": ["id", "total", "placedAt"],
              "include": {"relation": "items", "scope": {
                "limit": 2, "fields": ["quantity", "price"],
                "include": {"relation": "product", "scope": {"fields": ["name", "sku"]}}}}}},
            {"relation": "reviews", "scope": {"order": "writtenAt DESC", "limit": 1, "fields": ["rating", "body"]}}
          ]
        }
        """

    /// What is written: a customer with an order and its items.
    static let order = """
        {
          "id": 900001, "name": "Nadia", "email": "nadia@example.com", "city": "Oslo", "createdAt": "2026-01-02T10:00:00Z",
          "orders": [
            {"id": 900001, "status": "open", "total": 40, "placedAt": "2026-01-02T10:00:00Z", "items": [
              {"id": 900001, "productId": 1, "quantity": 1, "price": 15},
              {"id": 900002, "productId": 2, "quantity": 1, "price": 25}]}
          ]
        }
        """

    let schema: Schema
    private(set) var text = ""
    private let style = Style(for: .standardOutput)

    init(schema: Schema) { self.schema = schema }

    /// Says what is there: the server and how many records of each model.
    mutating func introduce(_ database: Database, server: String?, loading: Duration) async throws {
        var counts: [String] = []
        for model in schema.models {
            let count = try await database.count(model.name, where: nil).count
            counts.append("\(model.name) \(Self.grouped(count))")
        }
        title("The sample shop")
        line("  on \(server ?? "a PostgreSQL server of its own, started for this demo"), schema \(ShopLoader.schema)")
        line("  \(counts.joined(separator: ", ")); loaded in \(Self.milliseconds(loading))")
        line("")
        title("The question")
        line("  database.find(\"\(Self.model)\", filter: …) with")
        for part in Self.question.split(separator: "\n") { line("  " + part) }
        line("")
    }

    /// Prints the answer, the statements and what they took.
    mutating func show(_ graph: Graph, again: Graph) throws {
        title("The answer")
        line(String(decoding: PrettyJSON.format(try graph.json(), style: style), as: UTF8.self))
        line("")
        title("The statements")
        let plan = graph.plan
        for (trip, wave) in plan.waves.enumerated() {
            let sent = wave.filter { graph.statistics.fetches[$0.index].wasSent }
            guard let first = sent.first else { continue }
            let siblings = sent.count == 1 ? "1 statement" : "\(sent.count) statements together"
            line(
                style("  round trip \(trip + 1)", .bold)
                    + ": \(siblings), \(Self.milliseconds(graph.statistics.fetches[first.index].duration))")
            for id in sent {
                let statistics = graph.statistics.fetches[id.index]
                let keys = statistics.keys > 0 ? " for \(Self.count(statistics.keys, "key"))" : ""
                line("    " + style(path(of: id, in: plan), .cyan) + ": \(Self.count(statistics.rows, "row"))\(keys)")
                line("      " + style(plan.fetches[id].text, .dim))
            }
        }
        line("")
        line(
            style("\(graph.statistics.statements) statements", .bold) + " in "
                + style("\(graph.statistics.roundTrips) round trips", .bold)
                + ": \(Self.milliseconds(graph.statistics.duration)) the first time, "
                + "\(Self.milliseconds(again.statistics.duration)) again, with the statements prepared.")
    }

    /// Prints what a nested write sends.
    mutating func show(_ written: ChangeExplanation) {
        line("")
        title("A nested write")
        line("  database.createGraph(\"\(Self.model)\", …) with")
        for part in Self.order.split(separator: "\n") { line("  " + part) }
        line("")
        title("Its statements, in one transaction that is rolled back here")
        for (number, step) in written.steps.enumerated() {
            for fetch in step.plan.fetches where fetch.local == nil {
                let rows = step.statistics.map { Self.count($0.fetches[fetch.id.index].rows, "row") } ?? ""
                line(
                    "  " + style("\(number + 1)", .bold) + " " + style(schema[fetch.model].name, .cyan) + ": \(rows)")
                for ahead in fetch.ahead { line("      " + style(ahead.text, .dim)) }
                line("      " + style(fetch.text, .dim))
            }
        }
        line("")
        line(
            style("\(Self.count(written.statements, "statement"))", .bold) + " in "
                + style("\(Self.count(written.roundTrips, "round trip"))", .bold)
                + ": one for each model and level, however many records there are; the last ones read the answer.")
    }

    /// Says how to use the shop that stays.
    mutating func sayHowToGoOn(models: String) {
        line("")
        line("The shop stays. Ask it yourself, in the same way:")
        line(
            "  \(Terminal.command) query Customer '{\"limit\": 1, \"include\": \"orders\"}' --schema \(ShopLoader.schema) --pretty \\"
        )
        line("    --models '\(models)'")
        line("Remove it with: DROP SCHEMA \(ShopLoader.schema) CASCADE")
    }

    private mutating func title(_ title: String) { line(style(title, .bold)) }

    private mutating func line(_ line: String) { text += line + "\n" }

    /// `Customer.orders.items`: where in the tree the rows of a fetch stand.
    private func path(of fetch: Fetch.ID, in plan: Plan) -> String {
        var names: [String] = []
        var node = plan.nodes.first { $0.fetch == fetch }
        while let current = node {
            names.append(current.parent == nil ? schema[current.model].name : current.name)
            node = current.parent.map { plan.nodes[$0] }
        }
        return names.reversed().joined(separator: ".")
    }

    private static func count(_ count: Int, _ noun: String) -> String {
        "\(grouped(Int64(count))) \(noun)\(count == 1 ? "" : "s")"
    }

    /// `30,000`.
    static func grouped(_ number: Int64) -> String {
        let digits = Array(String(number))
        return String(
            digits.enumerated().flatMap { position, digit in
                position > 0 && (digits.count - position).isMultiple(of: 3) ? [",", digit] : [digit]
            })
    }

    /// `12.3 ms`.
    static func milliseconds(_ duration: Duration) -> String {
        let tenths = (duration / .milliseconds(1) * 10).rounded()
        return "\(Int(tenths) / 10).\(Int(tenths) % 10) ms"
    }
}

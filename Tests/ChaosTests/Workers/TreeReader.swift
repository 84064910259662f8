// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Foundation
import Kinship
import Libpq
import RelationPlanner
import TestSupport

/// Reads trees: a consistent one shows accounts whose entries add up, and which have nothing altogether, at any moment.
struct TreeReader: Worker {
    let client: Client

    private struct Account: Decodable {
        struct Entry: Decodable { let amount: Int64 }
        let id: Int64
        let balance: Int64
        let entries: [Entry]
    }

    struct Item: Decodable, Equatable {
        struct Part: Decodable, Equatable {
            let id: Int64
            let itemId: Int64
        }
        let id: Int64
        let name: String
        let checked: Int64
        let parts: [Part]

        /// Whether it is the record that it says it is, with the parts it has.
        var isItself: Bool {
            name == "item \(id)" && checked == Question.mixed(id) && parts.map(\.id) == [2 * id - 1, 2 * id]
                && parts.allSatisfy { $0.itemId == id }
        }
    }

    func step(_ random: inout SeededRandom) async {
        let strategy: Strategy? = random.pick([nil, .oneTrip, .byLevel], nil)
        let delay = client.cancellation(once: 5, &random)
        if random.once(in: 2) {
            await accounts(strategy, delay)
        } else {
            await items(strategy, from: random.number(1...(Tables.items - 20)), count: random.number(1...20), delay)
        }
    }

    private func accounts(_ strategy: Strategy?, _ delay: Duration?) async {
        let database = client.world.database.with(trees: TreeOptions(strategy: strategy, snapshot: .consistent))
        _ = await client.perform("consistent tree", statements: 3, cancelledAfter: delay) {
            let graph = try await database.find("Account", filter: #"{"order": "id", "include": "entries"}"#)
            let accounts = try JSONDecoder().decode([Account].self, from: Data(try graph.json()))
            let isWhole =
                accounts.map(\.id) == Array(1...Int64(Tables.accounts))
                && accounts.allSatisfy {
                    $0.entries.count == Tables.entriesPerAccount
                        && $0.balance == $0.entries.reduce(0) { $0 + $1.amount }
                }
            client.history.saw(
                isWhole && accounts.reduce(0) { $0 + $1.balance } == 0
                    ? nil
                    : Finding(.unbalanced, "a consistent tree (\(strategy.map { "\($0)" } ?? "any")): \(accounts)"))
        }
    }

    private func items(_ strategy: Strategy?, from first: Int, count: Int, _ delay: Duration?) async {
        let database = client.world.database.with(trees: TreeOptions(strategy: strategy))
        _ = await client.perform("tree", statements: 3, cancelledAfter: delay) {
            let filter = """
                {"where": {"id": {"gte": \(first)}}, "order": "id", "limit": \(count),
                 "include": {"relation": "parts", "scope": {"order": "id"}}}
                """
            let graph = try await database.find("Item", filter: filter)
            let items = try JSONDecoder().decode([Item].self, from: Data(try graph.json()))
            let isRight = items.map(\.id) == Array(Int64(first)..<Int64(first + count)) && items.allSatisfy(\.isItself)
            client.history.saw(isRight ? nil : Finding(.swapped, "items from \(first): \(items)"))
        }
    }
}

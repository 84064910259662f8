// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

import Kinship
import Libpq
import RelationPlanner
import TestSupport

/// Holds what the library answers, in every way it can, against what the evaluator does.
struct TreeComparison {
    let world: TreeWorld
    let evaluator: TreeEvaluator
    let test: TestDatabase
    /// The world's database opened with different options.
    let databases: [Database]

    enum Outcome {
        /// `isEmpty` of an answer without records; the ways its rows were found.
        case same(isEmpty: Bool, ways: Set<String>)
        case refused
        /// What is wrong, in a word by which it is found again in a smaller request; and the details.
        case different(kind: String, details: String)

        var kind: String? { if case .different(let kind, _) = self { kind } else { nil } }
    }

    func outcome(_ request: TreeRequest, on databases: [Database]) async throws -> Outcome {
        let expected = try await Collation.settled(on: test) { () -> Result<TreeEvaluator.Answer, TreeRefusal> in
            do throws(TreeRefusal) {
                return .success(try evaluator.answer(request))
            } catch {
                return .failure(error)
            }
        }
        var ways: Set<String> = []
        var isEmpty: Bool?
        for database in databases {
            let outcome = try await self.outcome(request, expected, on: database)
            if outcome.kind != nil { return outcome }
            if case .same(let empty, let found) = outcome {
                isEmpty = empty
                ways.formUnion(found)
            }
        }
        return isEmpty.map { .same(isEmpty: $0, ways: ways) } ?? .refused
    }

    private func outcome(
        _ request: TreeRequest, _ expected: Result<TreeEvaluator.Answer, TreeRefusal>, on database: Database
    ) async throws -> Outcome {
        let way = "\(database.trees.strategy.map(\.rawValue) ?? "") \(database.trees.snapshot.rawValue)"
        let graph: Graph
        do {
            graph = try await request.run(on: database)
        } catch let error as PlannerError {
            switch expected {
            case .failure(let refusal) where refusal.code == error.code.rawValue: return .refused
            case .failure(let refusal):
                return .different(kind: "refused as \(error.code)", details: "instead of \(refusal.code), \(way)")
            case .success:
                return .different(kind: "refused as \(error.code)", details: "\(error.message), \(way)")
            }
        } catch let error as PostgresError {
            return .different(kind: "\(error.sqlState ?? error.code.rawValue)", details: "\(error), \(way)")
        }
        guard case .success(let answer) = expected else {
            return .different(kind: "answered", details: "\(expected), \(way)")
        }
        let found = try JSONValue(parsing: graph.json())
        if let difference = Self.difference(found, answer.json, "") {
            return .different(kind: "another answer", details: "\(way): \(difference)\nplan: \(plan(graph))")
        }
        let statistics = graph.statistics
        let rankings = TestCluster.current == .foreign ? answer.mostRankings : 0
        if statistics.statements > answer.mostStatements + rankings {
            return .different(
                kind: "statements",
                details: "\(statistics.statements) of \(answer.mostStatements), \(way)\nplan: \(plan(graph))")
        }
        let most = database.trees.strategy == .oneTrip && answer.fitsOneTrip ? 1 : answer.mostTrips
        if statistics.roundTrips > most + rankings {
            return .different(
                kind: "round trips", details: "\(statistics.roundTrips) of \(most), \(way)\nplan: \(plan(graph))")
        }
        return .same(isEmpty: graph.count == 0, ways: ways(of: graph))
    }

    /// What the plan made use of.
    private func ways(of graph: Graph) -> Set<String> {
        let plan = graph.plan
        var ways: Set<String> = graph.total == nil ? [] : ["total"]
        for fetch in plan.fetches where graph.statistics.fetches[fetch.id.index].wasSent {
            ways.insert(fetch.access.rawValue)
            ways.insert(fetch.passing.rawValue)
            if fetch.keys.count > 1 { ways.insert("shared by relations") }
            if fetch.text.contains("LEFT JOIN") { ways.insert("joined") }
            if fetch.text.contains("kinship_row\" DESC") { ways.insert("backwards") }
            if fetch.text.contains("ORDER BY (SELECT r") { ways.insert("ordered by a related row") }
            if fetch.text.contains("(SELECT count(*) FROM") { ways.insert("ordered by counts") }
            if fetch.text.contains(" EXISTS (SELECT 1") { ways.insert("related rows") }
            if fetch.text.contains("NOT EXISTS (SELECT 1") { ways.insert("no related rows") }
            if fetch.text.contains(") IS NOT TRUE)") { ways.insert("every related row") }
        }
        let sent = plan.fetches.filter { graph.statistics.fetches[$0.id.index].wasSent }.count
        if plan.nodes.contains(where: { $0.deferred != nil }), graph.statistics.statements > sent {
            ways.insert("functions")
        }
        for node in plan.nodes where node.deferred == nil && !graph.related(node.id, toParentRow: 0).isEmpty {
            switch node.link {
            case .twoHop: ways.insert("two hops")
            case .list: ways.insert("lists")
            case .row: ways.insert("embedded")
            case .joined where !ways.contains("joined"): ways.insert("key only")
            case .key(let keys, _) where node.fetch.map { $0 < keys.fetch } ?? false: ways.insert("reused")
            default: break
            }
            if !node.variants.isEmpty { ways.insert("types") }
            if case .row = node.link, !node.children.isEmpty { ways.insert("below embedded") }
        }
        return ways
    }

    private func plan(_ graph: Graph) -> String {
        graph.plan.fetches.map { "\n  [\($0.wave)] \($0.access.rawValue), \($0.passing.rawValue): \($0.text)" }.joined()
    }

    // MARK: Differences

    /// The first place where two answers differ, nil when they are the same: members in any order, numbers by value.
    static func difference(_ found: JSONValue, _ expected: JSONValue, _ place: String) -> String? {
        switch (found, expected) {
        case (.number(let one), .number(let other)):
            return isSame(one, other) ? nil : "\(place): \(one) instead of \(other)"
        case (.string(let one), .string(let other)) where one.utf8.elementsEqual(other.utf8): return nil
        case (.array(let one), .array(let other)):
            for (position, pair) in zip(one, other).enumerated() {
                if let difference = difference(pair.0, pair.1, "\(place)[\(position)]") { return difference }
            }
            return one.count == other.count
                ? nil : "\(place): \(one.count) elements instead of \(other.count)\n  \(found)\n  \(expected)"
        case (.object(let one), .object(let other)):
            for member in other {
                guard let own = found[member.key] else { return "\(place).\(member.key) is missing" }
                if let difference = difference(own, member.value, "\(place).\(member.key)") { return difference }
            }
            guard one.count != other.count else { return nil }
            return "\(place): members \(one.map(\.key)) instead of \(other.map(\.key))"
        default: return found == expected ? nil : "\(place): \(found) instead of \(expected)"
        }
    }

    /// Averages have as many digits as the server finds fit.
    private static func isSame(_ one: String, _ other: String) -> Bool {
        if one == other || TreeRows.plain(one) == TreeRows.plain(other) { return true }
        guard one.count > 14, let left = Double(one), let right = Double(other) else { return false }
        return abs(left - right) <= 1e-12 * max(1, abs(left))
    }

    // MARK: Smaller requests

    /// The smallest request found that goes wrong in the same way.
    func smallest(_ request: TreeRequest, _ kind: String) async throws -> TreeRequest {
        var smallest = request
        var attempts = 0
        var isSmaller = true
        while isSmaller {
            isSmaller = false
            for filter in Self.smaller(smallest.filter) {
                attempts += 1
                guard attempts < 400 else { return smallest }
                var candidate = smallest
                candidate.filter = filter
                guard try await outcome(candidate, on: databases).kind == kind else { continue }
                smallest = candidate
                isSmaller = true
                break
            }
        }
        return smallest
    }

    /// The value with one of its parts left out.
    private static func smaller(_ json: JSONValue) -> [JSONValue] {
        switch json {
        case .array(let elements):
            let fewer = elements.indices.map { position in
                var rest = elements
                rest.remove(at: position)
                return JSONValue.array(rest)
            }
            let simpler = elements.indices.flatMap { position in
                smaller(elements[position]).map { part in
                    var changed = elements
                    changed[position] = part
                    return JSONValue.array(changed)
                }
            }
            return fewer + simpler
        case .object(let members):
            let fewer = members.indices.filter { members[$0].key != "relation" && members[$0].key != "rel" }
                .map { position in
                    var rest = members
                    rest.remove(at: position)
                    return JSONValue.object(rest)
                }
            let simpler = members.indices.flatMap { position in
                smaller(members[position].value).map { part in
                    var changed = members
                    changed[position].value = part
                    return JSONValue.object(changed)
                }
            }
            return fewer + simpler
        default: return []
        }
    }
}
